# Gets OpenStack-Ansible. From the environment: GIT_BASE, VERSION.

url=$GIT_BASE/openstack/openstack-ansible
tree=/opt/openstack-ansible
export GIT_TERMINAL_PROMPT=0
echo "Asking $url for $VERSION"
if ! git ls-remote --exit-code --heads --tags "$url" "$VERSION" >/dev/null; then
  echo "There is no version $VERSION at $url" >&2
  exit 1
fi
if [ -d "$tree/.git" ]; then
  git -C "$tree" fetch --progress "$url" "$VERSION"
  git -C "$tree" -c advice.detachedHead=false checkout --force FETCH_HEAD
else
  rm -rf "$tree.part"
  git -c advice.detachedHead=false clone --progress --branch "$VERSION" "$url" "$tree.part"
  mv "$tree.part" "$tree"
fi
echo "OpenStack-Ansible is $VERSION at $(git -C "$tree" rev-parse HEAD)"
