# A run that was cut off leaves its plan of Terraform locked, and nobody is left to unlock it.

if pgrep -u "$user" -f '/snap/openstack/.*/bin/sunbeam' >/dev/null; then
  echo "Sunbeam is still at work, and its lock is its own" >&2
  exit 1
fi
listed=$(runuser -l "$user" -c 'sunbeam plans list --format yaml' </dev/null)
locked=$(sed -n 's/^\([A-Za-z0-9_-]*\): locked$/\1/p' <<<"$listed")
for plan in $locked; do
  runuser -l "$user" -c "sunbeam plans unlock --force $plan" </dev/null
done
echo "No plan is locked any more"
