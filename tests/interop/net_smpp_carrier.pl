#!/usr/bin/perl
# A carrier over Perl's Net::SMPP, which nobody here wrote either: it takes binds on a free port of
# this machine, brings what phones say as deliver_sm, and sends a receipt for whatever asks for one.
# It talks with the test in lines of JSON: {"deliver": …} and {"cut": true} come in, and "listening",
# "bound", "taken", "message", "receipt taken" and "complaint" go out.
use strict;
use warnings;
use IO::Select;
use JSON::PP;
use Net::SMPP;

my ($system_id, $password, $short_code) = @ARGV;
my $json = JSON::PP->new->canonical->ascii;
$| = 1;
local $SIG{__WARN__} = sub { tell_test(complaint => $_[0]) unless $_[0] =~ /premature eof/ };

my $server = Net::SMPP->new_listen('127.0.0.1', port => 0, smpp_version => 0x34)
    or die "no port: $!";
my $wanted = IO::Select->new($server, \*STDIN);
my (%receives, %under_way);  # connections by file number; deliver_sm by "file number/sequence"
my $message_id = 0xA0;

sub tell_test { print $json->encode({@_}), "\n" }

# GSM 03.38 where it differs from ASCII in what the gateway writes.
sub text_of { my ($octets) = @_; $octets =~ tr/\x00\x02\x11/@$_/; $octets }

sub deliver {
    my ($what, %fields) = @_;
    my ($link) = values %receives or return tell_test(complaint => 'nobody to deliver to');
    my $sequence = $link->deliver_sm(
        async => 1, source_addr_ton => 1, source_addr_npi => 1, dest_addr_ton => 3,
        dest_addr_npi => 0, destination_addr => $short_code, %fields);
    $under_way{fileno($link) . "/$sequence"} = $what;
}

sub bind_by {
    my ($link, $pdu, $mode) = @_;
    my $answer = "bind_${mode}_resp";
    if ($pdu->{system_id} ne $system_id || $pdu->{password} ne $password) {
        return $link->$answer(seq => $pdu->{seq}, system_id => '', status => 0x0E);  # ESME_RINVPASWD
    }
    # A 3.3 carrier does not know the parameter; the others say that theirs is 3.4.
    my @version = $pdu->{interface_version} < 0x34 ? () : (sc_interface_version => "\x34");
    $link->$answer(seq => $pdu->{seq}, system_id => 'net-smpp', @version);
    $receives{fileno $link} = $link unless $mode eq 'transmitter';
    tell_test(bound => $mode, version => $pdu->{interface_version});
}

sub take {
    my ($link, $pdu) = @_;
    my $id = sprintf '%08X', ++$message_id;
    $link->submit_sm_resp(seq => $pdu->{seq}, message_id => $id);
    tell_test(message => {to => $pdu->{destination_addr}, from => $pdu->{source_addr},
                          text => text_of($pdu->{short_message})});
    return unless $pdu->{registered_delivery};
    # Its id in decimal, as carriers do whose two halves are by different hands.
    my $receipt = sprintf 'id:%d sub:001 dlvrd:001 submit date:2611250101 done date:2611250101 '
        . 'stat:DELIVRD err:000 text:', hex $id;
    deliver('receipt', source_addr => $pdu->{destination_addr}, esm_class => 4,
            short_message => $receipt);
}

my %handlers = (
    0x001 => sub { bind_by(@_, 'receiver') },
    0x002 => sub { bind_by(@_, 'transmitter') },
    0x009 => sub { bind_by(@_, 'transceiver') },
    0x004 => \&take,
    0x015 => sub { $_[0]->enquire_link_resp(seq => $_[1]{seq}) },
    0x006 => sub { $_[0]->unbind_resp(seq => $_[1]{seq}) },
    0x80000005 => sub {
        my ($link, $pdu) = @_;
        my $what = delete $under_way{fileno($link) . "/$pdu->{seq}"}
            or return tell_test(complaint => 'a response to nothing');
        return tell_test('receipt taken' => $pdu->{status}) if $what eq 'receipt';
        tell_test(taken => $what, status => $pdu->{status});
    },
    0x80000015 => sub { },  # enquire_link_resp
);

sub lose {
    my ($link) = @_;
    $wanted->remove($link);
    delete $receives{fileno $link};
    close $link;
}

sub obey {
    my ($order) = @_;
    if (my $deliver = $order->{deliver}) {
        $_->enquire_link(async => 1) for values %receives;  # is asked in the midst of work
        deliver($deliver->{id}, source_addr => $deliver->{from}, short_message => $deliver->{text},
                data_coding => $deliver->{dataCoding});
    } elsif ($order->{cut}) {
        lose($_) for grep { $_ != $server && $_ != \*STDIN } $wanted->handles;
    }
}

tell_test(listening => $server->sockport);
while (1) {
    for my $ready ($wanted->can_read) {
        if ($ready == $server) {
            my $link = $server->accept;
            $link->set_version(0x34);
            $wanted->add($link);
        } elsif ($ready == \*STDIN) {
            sysread STDIN, my $line, 65536 or exit 0;
            obey($json->decode($_)) for split /\n/, $line;
        } elsif (my $pdu = $ready->read_pdu) {
            my $handler = $handlers{$pdu->{cmd}}
                or do { tell_test(complaint => sprintf 'unexpected command %08X', $pdu->{cmd}); next };
            $handler->($ready, $pdu);
        } else {
            lose($ready);
        }
    }
}
