/** Writing XML, and HTML in XML's way. Escaping is the library's job. */
import { create } from 'xmlbuilder2';
import type { XMLBuilderCreateOptions, XMLWriterOptions } from 'xmlbuilder2/lib/interfaces';

/** An element: `@name` is an attribute, `#` its text, anything else a child. */
export interface XmlElement {
  readonly [name: string]: string | number | XmlElement | readonly XmlElement[] | undefined;
}

/** Characters that XML cannot hold are left out. */
const WRITER: XMLBuilderCreateOptions = { version: '1.0', encoding: 'UTF-8', invalidCharReplacement: '' };

/** Writes one document; undefined children are left out. */
export function writeXml(document: XmlElement, options: XMLWriterOptions = { prettyPrint: true }): string {
  // xmlbuilder2 4.0 decodes entities in what it is given and then leaves "&amp;" alone, so "&lt;" would come back as
  // "<". With every "&" escaped for both steps the text comes back as it was.
  const faithful: unknown = JSON.parse(JSON.stringify(document), (_name, value: unknown) =>
    typeof value === 'string' ? value.replaceAll('&', '&amp;amp;') : value,
  );
  return create(WRITER, faithful as object).end(options);
}
