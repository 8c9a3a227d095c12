#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# Makes an MMDB from lines "PREFIX<tab>NUMBER": lookup_mmdb.pl INPUT OUTPUT
use strict;
use warnings;
use MaxMind::DB::Writer::Tree;

my ($in, $out) = @ARGV;
my $tree = MaxMind::DB::Writer::Tree->new(
    ip_version            => 4,
    record_size           => 28,
    database_type         => 'weir-bench',
    languages             => ['en'],
    description           => { en => 'prefixes of the look-up figure' },
    map_key_type_callback => sub { 'uint32' },
    root_data_type        => 'uint32',
    remove_reserved_networks => 0,
    merge_strategy        => 'none',
);
my %by_length;
open my $fh, '<', $in or die "cannot open $in: $!";
while (<$fh>) {
    chomp;
    my ($prefix, $value) = split /\t/;
    my ($len) = $prefix =~ m{/(\d+)$} ? $1 : 32;
    push @{ $by_length{$len} }, [$prefix =~ m{/} ? $prefix : "$prefix/32", $value];
}
# Short ones first: a later network replaces what it covers.
for my $len (sort { $a <=> $b } keys %by_length) {
    $tree->insert_network($_->[0], $_->[1]) for @{ $by_length{$len} };
}
open my $to, '>:raw', "$out.tmp" or die "cannot write $out: $!";
$tree->write_tree($to);
close $to or die "cannot write $out: $!";
rename "$out.tmp", $out or die "cannot rename: $!";
