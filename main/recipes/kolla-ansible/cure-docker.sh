# Starts Docker where it does not answer. Where it does, containers are left alone.

if ! docker info >/dev/null 2>&1; then
  systemctl reset-failed docker.socket docker.service 2>/dev/null || true
  systemctl restart docker.service
fi
docker info --format 'Docker {{.ServerVersion}} answers'
