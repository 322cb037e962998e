# What an installer fetches by itself (collections, roles) it fetches from OpenStack's own server. From a mirror comes all of it.
# From the environment: GIT_BASE.
if [ "$GIT_BASE" != https://opendev.org ]; then
  git config --system --replace-all "url.$GIT_BASE/.insteadOf" https://opendev.org/
fi

