using System.Collections.Concurrent;
using Parley.Net;
using Parley.Stun;

namespace Parley;

/// <summary>
/// Whose a datagram is. A check says it by the first half of its USERNAME, a response by the tag that its transaction's id begins with,
/// everything else by the address it comes from, once that address has been proved. Lanes look things up without a lock; changes are rare
/// and take one.
/// </summary>
internal sealed class PortTable
{
    /// <summary>
    /// How long an address stays with who proved it last: two rounds of consent (RFC 7675 §5.1) fit, so that no other transport takes it
    /// from a call that lives, and one that died gives it up.
    /// </summary>
    private static readonly TimeSpan s_proofLasts = TimeSpan.FromSeconds(13);

    private const int MaxFragmentLength = 256;

    private readonly int _maxMembers;
    private readonly SharedUdpPortCounters _counters;
    private readonly ConcurrentDictionary<string, PortMember> _byFragment = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, PortMember>.AlternateLookup<ReadOnlySpan<char>> _byFragmentSpan;
    private readonly ConcurrentDictionary<uint, PortMember> _byTag = [];
    private readonly ConcurrentDictionary<TransportAddress, AddressClaim> _byAddress = [];
    private readonly Lock _gate = new();
    private int _members;

    public PortTable(int maxMembers, SharedUdpPortCounters counters)
    {
        _maxMembers = maxMembers;
        _counters = counters;
        _byFragmentSpan = _byFragment.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public int Members => Volatile.Read(ref _members);

    /// <summary>Entries of all kinds.</summary>
    public int Entries => _byFragment.Count + _byTag.Count + _byAddress.Count;

    public void CountReceived(int count) => _counters.CountReceived(count);

    public PortMember? Add(SharedUdpPort port, RandomSource random)
    {
        lock (_gate)
        {
            if (_members >= _maxMembers)
            {
                return null;
            }

            uint tag;
            do
            {
                tag = random.NextUInt32();
            }
            while (_byTag.ContainsKey(tag));

            var member = new PortMember(this, port, tag, _counters);
            _byTag[tag] = member;
            Volatile.Write(ref _members, _members + 1);
            return member;
        }
    }

    /// <summary>The member leaves, and with it all that led to it.</summary>
    public void Remove(PortMember member)
    {
        lock (_gate)
        {
            if (!_byTag.TryRemove(new(member.Tag, member)))
            {
                return;
            }

            Volatile.Write(ref _members, _members - 1);
            foreach (var fragment in member.Fragments)
            {
                _byFragment.TryRemove(new(fragment, member));
            }

            foreach (var address in member.Addresses)
            {
                _byAddress.TryRemove(address, out _);
            }

            member.Fragments.Clear();
            member.Addresses.Clear();
        }
    }

    /// <summary>The fragments under which a member hears checks are these, and no others.</summary>
    public void SetFragments(PortMember member, IReadOnlyCollection<string> fragments)
    {
        lock (_gate)
        {
            if (!_byTag.ContainsKey(member.Tag))
            {
                return;
            }

            foreach (var gone in member.Fragments.Except(fragments).ToArray())
            {
                member.Fragments.Remove(gone);
                _byFragment.TryRemove(new(gone, member));
            }

            foreach (var fragment in fragments)
            {
                if (_byFragment.TryAdd(fragment, member))
                {
                    member.Fragments.Add(fragment);
                }
            }
        }
    }

    /// <summary>
    /// An authenticated check of the peer's has come from an address: what else comes from there is the member's, unless another has it. A
    /// check may bear a forged source, an answer to ours cannot, so that one who has proved the address takes it from one who has not, or
    /// not of late.
    /// </summary>
    /// <param name="member">Whose peer it is.</param>
    /// <param name="remote">The peer's address.</param>
    /// <param name="isProved">Whether the peer has just answered a check of ours from there.</param>
    /// <param name="now">The present.</param>
    public void Claim(PortMember member, TransportAddress remote, bool isProved, Instant now)
    {
        lock (_gate)
        {
            if (!_byTag.ContainsKey(member.Tag))
            {
                return;
            }

            if (_byAddress.TryGetValue(remote, out var claim))
            {
                if (claim.Member == member)
                {
                    claim.ProvedAt = isProved ? now : claim.ProvedAt;
                    return;
                }

                _counters.CountContested();
                if (!isProved || now - claim.ProvedAt < s_proofLasts)
                {
                    return;
                }

                claim.Member.Addresses.Remove(remote);
            }

            if (member.Addresses.Count == PortMember.MaxAddresses)
            {
                _byAddress.TryRemove(member.Addresses[0], out _);
                member.Addresses.RemoveAt(0);
            }

            member.Addresses.Add(remote);
            _byAddress[remote] = new AddressClaim(member) { ProvedAt = isProved ? now : null };
        }
    }

    /// <summary>Whose a datagram is; null, counted, when it is nobody's. Without allocation.</summary>
    public PortMember? Find(ReadOnlySpan<byte> datagram, TransportAddress remote)
    {
        switch (DatagramDemultiplexer.Classify(datagram))
        {
            case DatagramKind.Stun:
                return FindByStun(datagram);
            case DatagramKind.Dtls or DatagramKind.Rtp or DatagramKind.Rtcp:
                if (_byAddress.TryGetValue(remote, out var claim))
                {
                    return claim.Member;
                }

                _counters.CountUnknownAddress();
                return null;
            default:
                _counters.CountMalformed();
                return null;
        }
    }

    private PortMember? FindByStun(ReadOnlySpan<byte> datagram)
    {
        if (!StunMessage.TryParse(datagram, out var message, out _) || message.Class == StunClass.Indication)
        {
            _counters.CountMalformed();
            return null;
        }

        if (message.Class != StunClass.Request)
        {
            if (_byTag.TryGetValue(message.TransactionId.Tag, out var asker))
            {
                return asker;
            }

            _counters.CountUnknownResponse();
            return null;
        }

        if (message.TryFind(StunAttributeType.Username, out var username) && FindByFragment(username) is { } member)
        {
            return member;
        }

        _counters.CountUnknownFragment();
        return null;
    }

    // RFC 8445 §7.2.2: USERNAME is our fragment, a colon, the peer's. Ours are ASCII.
    private PortMember? FindByFragment(ReadOnlySpan<byte> username)
    {
        var colon = username.IndexOf((byte)':');
        if (colon is <= 0 or > MaxFragmentLength)
        {
            return null;
        }

        Span<char> fragment = stackalloc char[colon];
        for (var i = 0; i < colon; i++)
        {
            fragment[i] = (char)username[i];
        }

        return _byFragmentSpan.TryGetValue(fragment, out var member) ? member : null;
    }
}
