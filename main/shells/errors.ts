/** Errors as they come out of the API, made ours again. */
import { ORPCError } from '@orpc/client';
import { z } from 'zod';
import { StackboxError } from '../contract/errors';
import { errorRecordSchema } from '../contract/models';

const issueSchema = z.object({ message: z.string(), path: z.array(z.union([z.string(), z.number()])).optional() });

/** What oRPC sends along when an input does not fit the contract. */
const issuesSchema = z.object({
  issues: z.tuple([issueSchema], issueSchema),
});

/**
 * Turns whatever an API call threw into a {@link StackboxError}. A declared `STACKBOX` error gets its code, sentence and
 * facts back; an input that the contract refused becomes `bad-input` with the field; anything else is `internal`.
 */
export function fromApi(thrown: unknown): StackboxError {
  if (!(thrown instanceof ORPCError)) return StackboxError.from(thrown);
  const record = errorRecordSchema.safeParse(thrown.data);
  if (thrown.code === 'STACKBOX' && record.success) return StackboxError.fromRecord(defined(record.data));
  const refused = issuesSchema.safeParse(thrown.data);
  if (thrown.code === 'BAD_REQUEST' && refused.success) {
    const [first] = refused.data.issues;
    const { message, path = [] } = first;
    const field = path.join('.');
    return new StackboxError(
      'bad-input',
      field === '' ? message : `${field}: ${message}`,
      field === '' ? {} : { field },
    );
  }
  return new StackboxError('internal', thrown.message, {}, { cause: thrown });
}

type Loose = z.infer<typeof errorRecordSchema>;

/** Absent facts are absent, not `undefined` (exactOptionalPropertyTypes). */
function defined(record: Loose): Parameters<typeof StackboxError.fromRecord>[0] {
  const { code, message, hint, command, output, exitCode, field } = record;
  return {
    code,
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(command === undefined ? {} : { command }),
    ...(output === undefined ? {} : { output }),
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(field === undefined ? {} : { field }),
  };
}
