# RabbitMQ calls itself rabbit@aio1, and has to find itself under that name.

name=$(hostname -s)
if ! getent hosts "$name" >/dev/null; then
  sed -i "\$a 172.29.236.100 $name.openstack.local $name" /etc/hosts
  echo "Wrote $name into /etc/hosts"
fi
if ! systemctl cat rabbitmq-server.service >/dev/null 2>&1; then
  echo "RabbitMQ is not installed yet"
  exit 0
fi
systemctl restart rabbitmq-server.service
timeout 180 rabbitmqctl await_startup
echo "RabbitMQ answers as rabbit@$name"
