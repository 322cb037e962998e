"""Reads and sets `debug` of [DEFAULT] in configuration files of OpenStack, as oslo.config reads them.

read FILE...              answers a JSON list, one entry for each file
set FILE true|false       changes that one line, or adds it; answers whether it did

A library that writes such files (configparser) would lose comments and repeated options. The rules are those of oslo.config's
iniparser: an option may be there several times, and the last one counts; so may a section; a line that begins with white
space goes on with the value before it.
"""

import json
import os
import shutil
import stat
import sys
import tempfile

LONGEST = 4 * 1024 * 1024
TRUE = (b'true', b'1', b'on', b'yes')
FALSE = (b'false', b'0', b'off', b'no')


class Unclear(Exception):
    """What the service itself would not make sense of, or what must not be changed."""


def load(path):
    # A pipe would be waited for.
    with open(path, 'rb', opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:
        about = os.fstat(file.fileno())
        if not stat.S_ISREG(about.st_mode):
            raise Unclear('is no ordinary file')
        if about.st_size > LONGEST:
            raise Unclear('is too long')
        return about, file.read(LONGEST).splitlines(keepends=True)


def split(line):
    """An option's name and value, as (name, value, where the value begins)."""
    at = min((at for at in (line.find(b'='), line.find(b':')) if at >= 0), default=-1)
    if at < 0:
        raise Unclear('has a line that is no option')
    value = line[at + 1 :].strip()
    if value and value[:1] == value[-1:] and value[:1] in (b'"', b"'"):
        value = value[1:-1]
    return line[:at].strip(), value, at + 1


def look(lines):
    """The last `debug` and the last `log_config_append` of [DEFAULT], and where the section begins."""
    found = {b'debug': None, b'log_config_append': None}
    section = header = option = None
    for number, line in enumerate(lines):
        text = line.rstrip()
        if not text:
            option = None
        elif text[:1] in (b' ', b'\t'):
            if option is None:
                raise Unclear('has a line that goes on with nothing')
            if option in found and section == b'DEFAULT':
                found[option] = (found[option][0], found[option][1] + b'\n' + text.lstrip())
        elif text[:1] == b'[':
            section, option = text[1:-1], None
            if text[-1:] != b']' or not section:
                raise Unclear('has a damaged heading')
            if section == b'DEFAULT' and header is None:
                header = number
        elif text[:1] in (b'#', b';'):
            option = None
        else:
            option, value, _ = split(text)
            if not option or section is None:
                raise Unclear('has an option without a name or a heading')
            if option in found and section == b'DEFAULT':
                found[option] = (number, value)
    return found[b'debug'], found[b'log_config_append'], header


def truth(debug):
    """Whether it is on; None where the file does not say."""
    if debug is None:
        return None
    word = debug[1].lower()
    if word in TRUE:
        return True
    if word in FALSE:
        return False
    raise Unclear('has a debug that is neither true nor false')


def read(path):
    try:
        about, lines = load(path)
        debug, elsewhere, _ = look(lines)
        answer = {'changed': about.st_mtime_ns // 1000000, 'debug': truth(debug)}
        if elsewhere and elsewhere[1]:
            answer['elsewhere'] = elsewhere[1].decode('utf-8', 'replace')[:400]
        return answer
    except (FileNotFoundError, NotADirectoryError):
        return {'absent': True}
    except IsADirectoryError:
        return {'unclear': 'is a folder'}
    except Unclear as error:
        return {'unclear': str(error)}


def replaced(lines, wanted):
    """The file's lines with the wanted value; None when it has it already."""
    debug, _, header = look(lines)
    if truth(debug) == wanted:
        return None
    word = b'True' if wanted else b'False'
    if debug is not None:
        line = lines[debug[0]]
        _, _, start = split(line)
        space = line[start : len(line) - len(line[start:].lstrip(b' \t'))]
        lines[debug[0]] = line[:start] + space + word + ending(line)
    elif header is not None:
        lines[header] = lines[header].rstrip(b'\r\n') + (ending(lines[header]) or b'\n')
        lines.insert(header + 1, b'debug = ' + word + ending(lines[header]))
    else:
        if lines and not ending(lines[-1]):
            lines[-1] += b'\n'
        lines += [b'\n'] if lines else []
        lines += [b'[DEFAULT]\n', b'debug = ' + word + b'\n']
    return lines


def ending(line):
    return line[len(line.rstrip(b'\r\n')) :]


def store(path, about, lines):
    """In one go: who reads the file meanwhile has it as it was or as it is. Owner, mode, ACL and SELinux's label stay."""
    handle, part = tempfile.mkstemp(prefix='.stackbox-', dir=os.path.dirname(path))
    try:
        with os.fdopen(handle, 'wb') as file:
            file.writelines(lines)
            file.flush()
            os.fchown(file.fileno(), about.st_uid, about.st_gid)
            shutil.copystat(path, part)
            os.utime(part)
            os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException:
        os.unlink(part)
        raise


def change(path, wanted):
    path = os.path.realpath(path)
    about, lines = load(path)
    lines = replaced(lines, wanted)
    if lines is not None:
        store(path, about, lines)
    return {'changed': lines is not None}


try:
    if sys.argv[1] == 'read':
        print(json.dumps([read(path) for path in sys.argv[2:]]))
    else:
        print(json.dumps(change(sys.argv[2], {'true': True, 'false': False}[sys.argv[3]])))
except Unclear as error:
    sys.exit('%s %s.' % (sys.argv[2], error))
except OSError as error:
    sys.exit('%s: %s' % (error.filename, error.strerror))
