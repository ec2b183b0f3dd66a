import '@lwc/synthetic-shadow'; // before anything else, as in Lightning Experience
import { createElement } from 'lwc';
import Toast from 'lightning/toast';
import ToastContainer from 'lightning/toastContainer';
import App from 'shell/app';

interface ToastDetail {
  title: string;
  message?: string;
  variant?: string;
  mode?: string;
  messageData?: (string | { url: string; label: string })[];
}

const container = ToastContainer.instance();
container.maxToasts = 3;
container.toastPosition = 'top-center';

document.addEventListener('shell__showtoast', (event) => {
  const { title, message, variant = 'info', mode = 'dismissible', messageData } = (event as CustomEvent<ToastDetail>).detail;
  const links = (messageData ?? []).map((part) => (typeof part === 'string' ? { url: '', label: part } : part));
  Toast.show({ label: title, message, messageLinks: links, variant, mode }, document.body);
});

document.querySelector('#root')?.append(createElement('shell-app', { is: App }));
performance.mark('mounted');
