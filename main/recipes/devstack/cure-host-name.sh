# RabbitMQ does not start on a machine that cannot resolve its own name.

name=$(hostname)
if ! getent hosts "$name" >/dev/null; then
  printf '127.0.1.1 %s\n' "$name" >>/etc/hosts
  echo "Wrote $name into /etc/hosts"
fi
if systemctl cat rabbitmq-server.service >/dev/null 2>&1; then systemctl restart rabbitmq-server.service; fi
echo "The machine knows its name $name"
