# Runs one command of Kolla-Ansible. From the environment: COMMAND, ADDRESS of this machine.

# Last, because Ansible takes the first python3 there for its tasks. What those need is where bootstrap-servers installs it: with the
# system's Python, where pip may install nothing (PEP 668) and python3-docker comes from the distribution.
export PATH=$PATH:/opt/kolla-ansible/bin LANG=C.UTF-8
export REQUESTS_CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt
# It asks the services that it starts; that way leads through no proxy.
export no_proxy=localhost,127.0.0.1,$ADDRESS${no_proxy:+,$no_proxy}
export NO_PROXY=$no_proxy

more=()
case $COMMAND in
  prechecks)
    # From 2026.1 on it refuses Kolla's own containers unless told that this is no production. Earlier ones know no such word.
    if [[ $(kolla-ansible prechecks --help) == *--use-test-images* ]]; then more=(--use-test-images); fi
    ;;
  # A person was asked already.
  stop) more=(--yes-i-really-really-mean-it --ignore-missing) ;;
  destroy) more=(--yes-i-really-really-mean-it) ;;
esac
run_ansible '' kolla-ansible "$COMMAND" -i /etc/kolla/all-in-one "${more[@]}"
echo "kolla-ansible $COMMAND came to its end"
