# Makes up the passwords that are missing in passwords.yml, and leaves alone those that are there.
/opt/kolla-ansible/bin/kolla-genpwd --passwords /etc/kolla/passwords.yml
echo "No password is missing"
