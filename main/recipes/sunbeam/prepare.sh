# Installs Sunbeam's snap. From the environment: CHANNEL of the snap, or nothing.

snap wait system seed.loaded
if snap list openstack >/dev/null 2>&1; then
  echo "The snap is there already"
else
  echo "Installing the snap openstack${CHANNEL:+ from $CHANNEL}"
  snap install openstack ${CHANNEL:+--channel "$CHANNEL"}
fi
echo "The machine is ready for Sunbeam"
