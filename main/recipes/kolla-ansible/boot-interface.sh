# sbext0, which Neutron took for the outside network. Open vSwitch remembers it as a port of br-ex and takes it as soon as it is
# there; Kolla-Ansible gives br-ex no address and makes no NAT, so there is none to bring back.

[ -n "$(ip -o link show up dev sbext0 2>/dev/null)" ] ||
  lost "sbext0, the interface of the outside network" systemctl restart stackbox-external.service
finish
