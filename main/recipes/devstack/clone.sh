# Gets DevStack itself. From the environment: GIT_BASE, BRANCH.

as_stack() { runuser -u stack -- env HOME=/opt/stack GIT_TERMINAL_PROMPT=0 "$@"; }

url=$GIT_BASE/openstack/devstack
tree=/opt/stack/devstack
echo "Asking $url for $BRANCH"
refs=$(as_stack git ls-remote --heads --tags "$url")

# A branch is renamed when OpenStack no longer maintains it, and becomes a tag when nobody does.
case $BRANCH in
  stable/*) names=("$BRANCH" "unmaintained/${BRANCH#stable/}" "${BRANCH#stable/}-eol") ;;
  *) names=("$BRANCH") ;;
esac
ref=
for name in "${names[@]}"; do
  if grep -qE "refs/(heads|tags)/${name//./\\.}\$" <<<"$refs"; then
    ref=$name
    break
  fi
done
if [ -z "$ref" ]; then
  echo "There is no branch $BRANCH at $url" >&2
  exit 1
fi

if [ -d "$tree/.git" ]; then
  as_stack git -C "$tree" fetch --progress "$url" "$ref"
  as_stack git -C "$tree" -c advice.detachedHead=false checkout --force FETCH_HEAD
else
  rm -rf "$tree.part"
  as_stack git -c advice.detachedHead=false clone --progress --branch "$ref" "$url" "$tree.part"
  mv "$tree.part" "$tree"
fi

install -d -m 0755 /etc/stackbox
echo "$ref" >/etc/stackbox/devstack-branch
echo "DevStack is $ref at $(as_stack git -C "$tree" rev-parse HEAD)"
