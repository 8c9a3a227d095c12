#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# Makes know.mmdb, the database of test_know_inputs: documentation prefixes, aliases of IPv4 as real databases have
# them. Needs libmaxmind-db-writer-perl. know_mmdb.pl OUTPUT
use strict;
use warnings;
use MaxMind::DB::Writer::Tree;

my %types = (
    country => 'map', registered_country => 'map', iso_code => 'utf8_string', geoname_id => 'uint32',
    autonomous_system_number => 'uint32', autonomous_system_organization => 'utf8_string',
);
my $tree = MaxMind::DB::Writer::Tree->new(
    ip_version => 6, record_size => 24, database_type => 'weir-test', languages => ['en'],
    description => { en => 'test' }, map_key_type_callback => sub { $types{ $_[0] } },
    alias_ipv6_to_ipv4 => 1, remove_reserved_networks => 0,
);
my @rows = (
    ['192.0.2.0/24', { country => { iso_code => 'LA', geoname_id => 1 } }],
    ['198.51.100.0/25', { registered_country => { iso_code => 'th' } }],
    ['198.51.100.128/25', { country => { geoname_id => 2 } }],
    ['203.0.113.0/24', { autonomous_system_number => 64500, autonomous_system_organization => 'Example Net' }],
    ['2001:db8::/32', { country => { iso_code => 'VN' }, autonomous_system_number => 64501,
        autonomous_system_organization => "Ex\x{e4}mple" }],
);
$tree->insert_network(@$_) for @rows;
open my $to, '>:raw', $ARGV[0] or die "cannot write $ARGV[0]: $!";
$tree->write_tree($to);
