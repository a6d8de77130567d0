import { findings } from '../../functions/diagnosis/finding.ts';
import { domainLabels } from '../../functions/model/fault-domain.ts';
import type { ExpectedFinding } from '../scenarios/scenario.ts';
import type { Message } from '../scenarios/trace.ts';

type Text = Pick<Message, 'subject' | 'body'>;

/** What a message leads with: what its body calls the finding, or else the first finding that its subject names. */
export function leadOf({ subject, body }: Text): string | undefined {
  return /^Finding\s+([\w.-]+)/m.exec(body)?.[1] ?? codesIn(subject)[0] ?? codesIn(body)[0];
}

function codesIn(text: string): readonly string[] {
  return (text.match(/[a-z]+(?:-[a-z]+)+/g) ?? []).filter((word) => Object.hasOwn(findings, word));
}

/** What a message lacks, or says wrongly, for the incident that it is about. */
export function misnamed(message: Text, { code, domain, says = [] }: ExpectedFinding, org: string): readonly string[] {
  const { subject, body } = message;
  const lead = leadOf(message);
  const others = codesIn(subject).filter((other) => other !== code);
  return [
    ...(lead === code ? [] : [`the message leads with ${lead ?? 'no finding'}, and not with ${code}`]),
    ...others.map((other) => `the subject names ${other} too`),
    ...[subject, body].flatMap((text, index) => {
      const where = index === 0 ? `the subject "${subject}"` : 'the body';
      return [
        ...(hasWord(text, code) ? [] : [`${where} does not name ${code}`]),
        ...(hasWord(text, org) ? [] : [`${where} does not name ${org}`]),
        ...(text.includes(domainLabels[domain])
          ? []
          : [`${where} does not say whose fault it is: ${domainLabels[domain]}`]),
      ];
    }),
    ...(subject.length < 100 ? [] : [`the subject has ${subject.length} characters, and SNS takes 99`]),
    ...says
      .filter((words) => !`${subject}\n${body}`.includes(words))
      .map((words) => `the message does not say "${words}"`),
  ];
}

/** A subject has room for 32 characters of a code or a name. */
function hasWord(text: string, word: string): boolean {
  const clipped = word.length > 32 ? `${word.slice(0, 29)}...` : word;
  return [word, clipped].some((each) => new RegExp(`(?<![\\w-])${RegExp.escape(each)}(?![\\w-])`).test(text));
}
