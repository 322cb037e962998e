# What has to change between the lay-out and the install. From the environment: OWN_VARIABLES, ADMIN_PASSWORD.

umask 077
deploy=/etc/openstack_deploy
/opt/ansible-runtime/bin/python3 - "$deploy" <<'PYTHON'
import os, sys, yaml

deploy = sys.argv[1]

def read(name):
    path = os.path.join(deploy, name)
    if not os.path.exists(path):
        return None
    with open(path, encoding='utf-8') as file:
        return yaml.safe_load(file) or {}

def write(name, data):
    path = os.path.join(deploy, name)
    with open(path + '.part', 'w', encoding='utf-8') as file:
        yaml.safe_dump(data, file, default_flow_style=False, sort_keys=False)
    os.replace(path + '.part', path)

# The card shows this password, so it has to be the one.
secrets = read('user_secrets.yml')
if secrets is None:
    sys.exit('There is no user_secrets.yml: the all-in-one was not laid out')
secrets['keystone_auth_admin_password'] = os.environ['ADMIN_PASSWORD']
write('user_secrets.yml', secrets)

# Three disks in one machine cannot carry Ceph's usual number of placement groups: pools would never become healthy.
ceph = read('user_variables_ceph.yml')
if ceph is not None:
    settings = ceph.setdefault('ceph_conf_overrides_custom', {}).setdefault('global', {})
    settings['osd_pool_default_pg_num'] = 8
    settings['osd_pool_default_pgp_num'] = 8
    write('user_variables_ceph.yml', ceph)
    print('Ceph makes pools of 8 placement groups')

# Files are read in the order of their names, and the last one wins.
own = yaml.safe_load(os.environ['OWN_VARIABLES']) or {}
if own:
    write('user_variables_zz_own.yml', own)
    print(f'Wrote {len(own)} variables of your own')
elif os.path.exists(os.path.join(deploy, 'user_variables_zz_own.yml')):
    os.remove(os.path.join(deploy, 'user_variables_zz_own.yml'))
PYTHON
echo "The configuration is complete"
