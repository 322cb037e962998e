# RabbitMQ does not start on a machine that cannot resolve its own name, nor with EPEL's Erlang.

if systemctl cat rabbitmq-server.service >/dev/null 2>&1; then
  systemctl reset-failed rabbitmq-server.service 2>/dev/null || true
  systemctl restart rabbitmq-server.service
  echo "RabbitMQ runs"
fi
