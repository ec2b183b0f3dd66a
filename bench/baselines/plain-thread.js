/* global document, fetch */
/*
 * FROZEN. The least that a page can do to show a conversation: a click handler that asks for the same two reads as the product does, side by
 * side, and writes the fifty newest texts as plain paragraphs. `data-id` of the button is the conversation.
 */
(() => {
  const host = document.createElement('div');
  host.style.cssText = 'position:fixed;right:0;top:0;width:160px;height:60px;overflow:auto;background:#fff;z-index:99999';
  const button = document.createElement('button');
  button.id = 'bench-plain-thread';
  button.textContent = 'Open';
  const list = document.createElement('div');
  const read = async (name, parameters) => {
    const response = await fetch(`/__shell/apex/ConversationReads.${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-wired': 'true' },
      body: JSON.stringify(parameters),
    });
    return response.json();
  };
  button.addEventListener('click', async () => {
    const externalId = button.dataset.id;
    const [messages] = await Promise.all([
      read('messages', { externalId, beforeSequence: 999_999_999_999, size: 50 }),
      read('conversation', { externalId }),
    ]);
    const items = messages.reverse().map((message) => {
      const item = document.createElement('p');
      item.className = 'bench-plain-item';
      item.textContent = message.Body__c;
      return item;
    });
    list.replaceChildren(...items);
  });
  host.append(button, list);
  document.body.append(host);
})();
