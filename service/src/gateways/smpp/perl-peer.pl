# An SMSC that is not ours: Net::SMPP (Debian package libnet-smpp-perl) on 127.0.0.1.
# perl perl-peer.pl <port> <number of the submit to throttle in each session>
# Prints a line per event for the test: "bind …", "submit …", "answer …", "enquire", "unbind".
use strict;
use warnings;
use Net::SMPP;
$| = 1;
my ($port, $throttle_nth) = @ARGV;
my $listener = Net::SMPP->new_listen('127.0.0.1', port => $port, smpp_version => 0x34, Reuse => 1) or die "listen: $!";
print "ready\n";

while (my $session = $listener->accept) {
  my ($count, $next_id) = (0, 100);
  while (my $pdu = $session->read_pdu) {
    my ($cmd, $seq) = ($pdu->{cmd}, $pdu->{seq});
    if ($cmd == Net::SMPP::CMD_bind_transceiver()) {
      printf "bind %s %s version=%x\n", $pdu->{system_id}, $pdu->{password}, $pdu->{interface_version};
      $session->bind_transceiver_resp(system_id => 'perl', seq => $seq);
    } elsif ($cmd == Net::SMPP::CMD_submit_sm()) {
      printf "submit coding=%d esm=%x ton=%d npi=%d from=%s to=%s registered=%d hex=%s\n",
        $pdu->{data_coding}, $pdu->{esm_class}, $pdu->{source_addr_ton}, $pdu->{source_addr_npi},
        $pdu->{source_addr}, $pdu->{destination_addr}, $pdu->{registered_delivery}, unpack('H*', $pdu->{short_message});
      if (++$count == $throttle_nth) {
        $session->submit_sm_resp(message_id => '', seq => $seq, status => 0x58);
        next;
      }
      my $id = sprintf '%x', $next_id++;    # hexadecimal, and the receipt's text says it in decimal
      $session->submit_sm_resp(message_id => $id, seq => $seq);
      $session->deliver_sm(async => 1, seq => 1000 + $next_id, esm_class => 4,
        source_addr => $pdu->{destination_addr}, source_addr_ton => 1, destination_addr => $pdu->{source_addr}, dest_addr_ton => 1,
        short_message => sprintf('id:%d sub:001 dlvrd:001 submit date:2611220640 done date:2611220641 stat:DELIVRD err:000 text:', hex $id),
        receipted_message_id => "$id\0", message_state => chr 2);
      $session->deliver_sm(async => 1, seq => 2000 + $next_id, esm_class => 0x40, data_coding => 8,
        source_addr => $pdu->{destination_addr}, source_addr_ton => 1, destination_addr => $pdu->{source_addr}, dest_addr_ton => 1,
        short_message => pack('H*', '050003070201' . '043f0440'));
    } elsif ($cmd == Net::SMPP::CMD_deliver_sm_resp()) {
      print "answer $seq $pdu->{status}\n";
    } elsif ($cmd == Net::SMPP::CMD_enquire_link()) {
      print "enquire\n";
      $session->enquire_link_resp(seq => $seq);
    } elsif ($cmd == Net::SMPP::CMD_unbind()) {
      print "unbind\n";
      $session->unbind_resp(seq => $seq);
      last;
    }
  }
  close $session;
}
