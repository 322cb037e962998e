#!/usr/bin/env bash
# Stand-in for DevStack's clean.sh: unstack.sh, and then the files.
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1
./unstack.sh --all
sudo rm -rf /etc/systemd/system/devstack@*.service /opt/stack/data /opt/stack/logs
sudo systemctl daemon-reload
rm -f .stackenv
