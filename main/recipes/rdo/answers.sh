# Writes packstack's answer file. From the environment: ANSWERS, its text with the passwords.

# packstack completes the file with keys that it makes up. A second run has to find those, so they stay; ours win.
umask 077
install -d -m 0700 /root/stackbox
python3 - /root/stackbox/answers.txt <<'PYTHON'
import configparser, os, sys

def read(text):
    parser = configparser.RawConfigParser()
    parser.optionxform = str
    parser.read_string(text)
    return dict(parser.items('general'))

path = sys.argv[1]
new = read(os.environ['ANSWERS'])
old = {}
if os.path.exists(path):
    with open(path, encoding='utf-8') as file:
        old = read(file.read())
    print(f'{len(old.keys() - new.keys())} answers of an earlier run are kept')
with open(path + '.part', 'w', encoding='utf-8') as file:
    file.write('[general]\n')
    for key, value in {**old, **new}.items():
        file.write(f'{key}={value}\n')
os.replace(path + '.part', path)
print(f'Wrote {path}')
PYTHON
