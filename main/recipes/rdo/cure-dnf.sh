# Waits for whoever is installing packages: rpm has its database to itself as long as it works.
timeout 300 python3 - <<'PYTHON'
import fcntl
with open('/var/lib/rpm/.rpm.lock', 'a') as lock:
    try:
        fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        print('Another program installs packages; waiting for it.', flush=True)
        fcntl.lockf(lock, fcntl.LOCK_EX)
PYTHON
echo "Nobody else installs packages"
