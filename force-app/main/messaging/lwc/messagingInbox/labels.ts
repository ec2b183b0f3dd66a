import all from '@salesforce/label/c.Msg_Inbox_All';
import emptyAll from '@salesforce/label/c.Msg_Inbox_Empty_All';
import emptyAllText from '@salesforce/label/c.Msg_Inbox_Empty_All_Text';
import emptyMine from '@salesforce/label/c.Msg_Inbox_Empty_Mine';
import emptyMineText from '@salesforce/label/c.Msg_Inbox_Empty_Mine_Text';
import emptySearch from '@salesforce/label/c.Msg_Inbox_Empty_Search';
import emptySearchText from '@salesforce/label/c.Msg_Inbox_Empty_Search_Text';
import emptyUnread from '@salesforce/label/c.Msg_Inbox_Empty_Unread';
import emptyUnreadText from '@salesforce/label/c.Msg_Inbox_Empty_Unread_Text';
import failed from '@salesforce/label/c.Msg_Inbox_Failed';
import filter from '@salesforce/label/c.Msg_Inbox_Filter';
import found from '@salesforce/label/c.Msg_Inbox_Found';
import loading from '@salesforce/label/c.Msg_Inbox_Loading';
import mine from '@salesforce/label/c.Msg_Inbox_Mine';
import more from '@salesforce/label/c.Msg_Inbox_More';
import newMessage from '@salesforce/label/c.Msg_Inbox_New';
import refreshFailed from '@salesforce/label/c.Msg_Inbox_Refresh_Failed';
import search from '@salesforce/label/c.Msg_Inbox_Search';
import searchFailed from '@salesforce/label/c.Msg_Inbox_Search_Failed';
import searchShort from '@salesforce/label/c.Msg_Inbox_Search_Short';
import title from '@salesforce/label/c.Msg_Inbox_Title';
import unread from '@salesforce/label/c.Msg_Inbox_Unread';

export const labels = {
  all,
  emptyAll,
  emptyAllText,
  emptyMine,
  emptyMineText,
  emptySearch,
  emptySearchText,
  emptyUnread,
  emptyUnreadText,
  failed,
  filter,
  found,
  loading,
  mine,
  more,
  newMessage,
  refreshFailed,
  search,
  searchFailed,
  searchShort,
  title,
  unread,
};
