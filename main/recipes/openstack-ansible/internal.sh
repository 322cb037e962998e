
# The public endpoints have certificates that only this machine trusts, and not every client asks it.
sed -i 's/^export OS_INTERFACE=.*/export OS_INTERFACE=internal/' "$OPENRC"
