/** Reading and writing libvirt's XML. Escaping is the libraries' job. */
import { XMLParser } from 'fast-xml-parser';
import { z } from 'zod';
import { StackboxError } from '../../contract/errors';

export { writeXml, type XmlElement } from '../../host/xml';

/** Only XML's own five entities: no document type is expanded, so a hostile definition cannot blow up memory. */
const PARSER = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseAttributeValue: false,
  parseTagValue: false,
  removeNSPrefix: false,
  processEntities: true,
  isArray: (name) => ['domain', 'network', 'volume', 'disk', 'host', 'ip', 'route'].includes(name),
});

/**
 * Reads one or several documents in a row and checks them.
 * @throws StackboxError `hypervisor` when libvirt gave something else than expected
 */
export function readXml<T>(text: string, schema: z.ZodType<T>): T {
  // Several `dumpxml` in one virsh: each begins with its own declaration or with none.
  const parsed: unknown = PARSER.parse(text.replaceAll(/<\?xml[^>]*\?>/g, ''));
  const checked = schema.safeParse(parsed);
  if (checked.success) return checked.data;
  throw new StackboxError('hypervisor', 'libvirt answered with XML that Stackbox does not understand.', {
    output: z.prettifyError(checked.error),
  });
}

/** A child element that libvirt may leave empty: the parser then gives an empty string. */
export function optionalElement<T>(schema: z.ZodType<T>): z.ZodType<T | undefined> {
  return z.preprocess((value) => (value === '' ? undefined : value), schema.optional());
}
