"""Stand-in for Apache with Keystone, Nova and Horizon behind it: answers what the recipe's proof asks, in their formats."""

import datetime
import http.server
import json
import re
import socket

CONF = open('/opt/stack/devstack/local.conf').read()


def value(name):
    return re.search(rf'^{name}=(.*)$', CONF, re.MULTILINE).group(1)


HOST, PASSWORD = value('HOST_IP'), value('ADMIN_PASSWORD')

SERVICES = {
    'keystone': ('identity', '/identity'),
    'glance': ('image', '/image'),
    'placement': ('placement', '/placement'),
    'nova': ('compute', '/compute/v2.1'),
    'neutron': ('network', ':9696/networking'),
    'cinder': ('block-storage', '/volume/v3'),
}
CATALOGUE = [
    {
        'name': name,
        'type': kind,
        'id': f'{number:032x}',
        'endpoints': [
            {
                'id': f'{number + 100:032x}',
                'interface': 'public',
                'region': 'RegionOne',
                'region_id': 'RegionOne',
                'url': f'http://{HOST}{path}',
            }
        ],
    }
    for number, (name, (kind, path)) in enumerate(SERVICES.items())
]
LOGIN = """<!DOCTYPE html><title>Login - OpenStack Dashboard</title>
<form id="" class="ng-pristine" method="POST" action="/dashboard/auth/login/">
<input type="hidden" name="csrfmiddlewaretoken" value="stand-in">
<input type="text" name="username" autofocus="autofocus" id="id_username">
<input type="password" name="password" id="id_password"></form>"""
TOKEN = 'gAAAAA-stand-in'


class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self, status, body, kind='application/json', **headers):
        data = (body if kind == 'text/html' else json.dumps(body)).encode()
        self.send_response(status)
        for name, text in {'Content-Type': kind, 'Content-Length': len(data), **headers}.items():
            self.send_header(name.replace('_', '-'), str(text))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        if self.path == '/dashboard/auth/login/':
            return self.answer(200, LOGIN, 'text/html')
        if self.path.startswith('/identity/v3'):
            return self.answer(200, {'version': {'id': 'v3.14', 'status': 'stable'}})
        if self.headers['X-Auth-Token'] != TOKEN:
            return self.answer(401, {'error': {'code': 401, 'title': 'Unauthorized'}})
        if self.path == '/compute/v2.1/os-services':
            host = socket.gethostname()
            compute = {'binary': 'nova-compute', 'host': host, 'zone': 'nova', 'status': 'enabled', 'state': 'up'}
            return self.answer(200, {'services': [{'id': f'{7:032x}', **compute}]})
        return self.answer(404, {'error': {'code': 404, 'title': 'Not Found'}})

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers['Content-Length'])))
        user = asked['auth']['identity']['password']['user']
        if self.path != '/identity/v3/auth/tokens' or user['name'] not in ('admin', 'demo') or user['password'] != PASSWORD:
            message = 'The request you have made requires authentication.'
            return self.answer(401, {'error': {'code': 401, 'message': message, 'title': 'Unauthorized'}})
        expires = datetime.datetime.utcnow() + datetime.timedelta(hours=1)
        token = {'expires_at': expires.isoformat() + 'Z', 'catalog': CATALOGUE}
        return self.answer(201, {'token': token}, X_Subject_Token=TOKEN)


http.server.ThreadingHTTPServer(('', 80), Handler).serve_forever()
