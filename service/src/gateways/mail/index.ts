export { createMailer, MailError, type Mailer, type MailMessage } from './mailer.ts';
