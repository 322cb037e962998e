# Makes the user "stack", as DevStack's tools/create-stack-user.sh does: stack.sh refuses to run as root.

getent group stack >/dev/null || groupadd stack
getent passwd stack >/dev/null || useradd --gid stack --shell /bin/bash --home-dir /opt/stack --create-home stack
# Apache serves Horizon from there.
install -d -m 0755 -o stack -g stack /opt/stack

new=$(mktemp)
trap 'rm -f "$new"' EXIT
echo 'stack ALL=(ALL) NOPASSWD:ALL' >"$new"
visudo -cqf "$new"
install -m 0440 -o root -g root "$new" /etc/sudoers.d/50_stack_sh

# A question for a password would hang the install much later.
runuser -u stack -- sudo -n true
echo "The user stack may use sudo without a password"
