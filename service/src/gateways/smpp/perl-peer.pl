# An SMSC that is not ours: Net::SMPP (Debian package libnet-smpp-perl) on 127.0.0.1, one session at a time.
# perl perl-peer.pl <port> <number of the first binds that are refused as "already bound">
#
# Words in a text say what happens to it (in a long one: to the part that they stand in). Those with * happen on the first try only.
#   throttle*     answered 0x58                       cut-before*   the socket is cut, the text is not taken
#   full*         answered 0x14                       cut-after*    the socket is cut, the text is taken
#   slow=<ms>     answered after that time            unbind        the SMSC says goodbye after the answer
#   early         the receipt comes before the answer twice         the receipt comes twice
#   later         the receipt comes with the next bind
#   hold          the receipt comes when a text says  release
#   quiet         no receipt                          parts         a text of three parts comes in: 3, 1, 1 again, 2
# Prints a line per event for the test: "bind …", "submit …" (each that arrived), "taken …" (each that a phone would show), "answer …",
# "enquire", "unbind".
use strict;
use warnings;
use Net::SMPP;
$| = 1;
$SIG{PIPE} = 'IGNORE';
my ($port, $refusals) = @ARGV;
my $listener = Net::SMPP->new_listen('127.0.0.1', port => $port, smpp_version => 0x34, Reuse => 1, timeout => undef) or die "listen: $!";
my ($next_id, $next_seq, $reference) = (100, 1000, 7);
my (%tried, @later, @held);
print "ready\n";

while (my $session = $listener->accept) {
  while (my $pdu = $session->read_pdu) {
    my ($cmd, $seq) = ($pdu->{cmd}, $pdu->{seq});
    if ($cmd == Net::SMPP::CMD_bind_transceiver()) {
      printf "bind %s %s version=%x\n", $pdu->{system_id}, $pdu->{password}, $pdu->{interface_version};
      if ($refusals-- > 0) {
        $session->bind_transceiver_resp(system_id => '', seq => $seq, status => 0x05);
        last;
      }
      $session->bind_transceiver_resp(system_id => 'perl', seq => $seq);
      receipt($session, $_) for splice @later;
    } elsif ($cmd == Net::SMPP::CMD_submit_sm()) {
      last unless submit($session, $pdu);
    } elsif ($cmd == Net::SMPP::CMD_deliver_sm_resp()) {
      print "answer $seq $pdu->{status}\n";
    } elsif ($cmd == Net::SMPP::CMD_enquire_link()) {
      print "enquire\n";
      $session->enquire_link_resp(seq => $seq);
    } elsif ($cmd == Net::SMPP::CMD_unbind()) {
      print "unbind\n";
      $session->unbind_resp(seq => $seq);
      last;
    } elsif ($cmd == Net::SMPP::CMD_unbind_resp()) {
      print "unbound\n";
      last;
    }
  }
  close $session;
}

# False when the session is over.
sub submit {
  my ($session, $pdu) = @_;
  my $octets = $pdu->{short_message};
  my $body = $pdu->{esm_class} & 0x40 ? substr($octets, 1 + ord $octets) : $octets;
  $body =~ s/\0//g if $pdu->{data_coding} == 8;    # the words are ASCII in UTF-16 as well
  printf "submit coding=%d esm=%x ton=%d npi=%d from=%s to=%s registered=%d hex=%s\n",
    $pdu->{data_coding}, $pdu->{esm_class}, $pdu->{source_addr_ton}, $pdu->{source_addr_npi},
    $pdu->{source_addr}, $pdu->{destination_addr}, $pdu->{registered_delivery}, unpack('H*', $octets);
  my $first = !$tried{$octets}++;
  my @answer = (seq => $pdu->{seq});
  return 0 if $first && $body =~ /cut-before/;
  my $busy = !$first ? 0 : $body =~ /throttle/ ? 0x58 : $body =~ /full/ ? 0x14 : 0;
  if ($busy) {
    $session->submit_sm_resp(@answer, message_id => '', status => $busy);
    return 1;
  }

  my $id = sprintf '%x', $next_id++;    # hexadecimal, and the receipt's text says it in decimal
  my $receipt = { id => $id, from => $pdu->{destination_addr}, to => $pdu->{source_addr} };
  print "taken $id ", unpack('H*', $octets), "\n";
  if ($body =~ /release/) { receipt($session, $_) for splice @held }
  if ($first && $body =~ /cut-after/) {
    push @later, $receipt unless $body =~ /quiet/;
    return 0;
  }
  receipt($session, $receipt) if $body =~ /early/;
  select undef, undef, undef, $1 / 1000 if $body =~ /slow=(\d+)/;
  $session->submit_sm_resp(@answer, message_id => $id);
  if ($body =~ /later/) { push @later, $receipt }
  elsif ($body =~ /hold/) { push @held, $receipt }
  elsif ($body !~ /quiet|early/) { receipt($session, $receipt) }
  receipt($session, $receipt) if $body =~ /twice/;
  parts($session, $receipt) if $body =~ /parts/;
  $session->unbind(async => 1, seq => $next_seq++) if $body =~ /unbind/;
  return 1;
}

sub receipt {
  my ($session, $receipt) = @_;
  my $text = 'id:%d sub:001 dlvrd:001 submit date:2611220640 done date:2611220641 stat:DELIVRD err:000 text:';
  deliver($session, $receipt, esm_class => 4, short_message => sprintf($text, hex $receipt->{id}),
    receipted_message_id => "$receipt->{id}\0", message_state => chr 2);
}

# "привет 🙂 мир" in UTF-16, cut inside the pair that the face is made of.
sub parts {
  my ($session, $receipt) = @_;
  my @bodies = ('043f04400438043204350442', '0020d83d', 'de420020043c04380440');
  $reference++;
  for my $part (3, 1, 1, 2) {
    deliver($session, $receipt, esm_class => 0x40, data_coding => 8,
      short_message => pack('C6H*', 5, 0, 3, $reference, 3, $part, $bodies[$part - 1]));
  }
}

sub deliver {
  my ($session, $receipt, @fields) = @_;
  $session->deliver_sm(async => 1, seq => $next_seq++, source_addr => $receipt->{from}, source_addr_ton => 1,
    destination_addr => $receipt->{to}, dest_addr_ton => 1, @fields);
}
