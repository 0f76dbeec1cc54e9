using Parley.Net;

namespace Parley.Ice.Tests;

/// <summary>A NAT in the terms of RFC 4787: how it maps, and whom it lets in.</summary>
internal sealed class Nat(string outside, string insidePrefix, NatBehaviour mapping, NatBehaviour filtering)
{
    private readonly TransportAddress _outside = Parse(outside + ":0");
    private readonly Dictionary<(TransportAddress Inside, TransportAddress? Remote), TransportAddress> _mappings = [];
    private readonly Dictionary<(TransportAddress Outside, TransportAddress Remote), Instant> _allowed = [];
    private ushort _nextPort = 40000;

    /// <summary>How long whom a host has sent to is let in.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromDays(1);

    public bool IsInside(TransportAddress address) => address.ToString().StartsWith(insidePrefix, StringComparison.Ordinal);

    public bool IsOutside(TransportAddress address) => address.HasSameAddress(_outside);

    public TransportAddress Outbound(TransportAddress inside, TransportAddress remote, Instant now)
    {
        var key = (inside, Key(mapping, remote));
        if (!_mappings.TryGetValue(key, out var outsideAddress))
        {
            outsideAddress = _outside.WithPort(_nextPort++);
            _mappings.Add(key, outsideAddress);
        }

        _allowed[(outsideAddress, Key(filtering, remote) ?? default)] = now;
        return outsideAddress;
    }

    /// <summary>Forgets its mappings, as a reboot or an idle timer does: what leaves next comes from another port.</summary>
    public void Rebind()
    {
        _mappings.Clear();
        _allowed.Clear();
    }

    public bool TryInbound(TransportAddress outsideAddress, TransportAddress remote, Instant now, out TransportAddress inside)
    {
        inside = _mappings.FirstOrDefault(m => m.Value == outsideAddress).Key.Inside;
        return inside.Port != 0
            && _allowed.TryGetValue((outsideAddress, Key(filtering, remote) ?? default), out var sentAt)
            && now < sentAt + Timeout;
    }

    private static TransportAddress? Key(NatBehaviour behaviour, TransportAddress remote) => behaviour switch
    {
        NatBehaviour.EndpointIndependent => null,
        NatBehaviour.AddressDependent => remote.WithPort(0),
        _ => remote,
    };

    private static TransportAddress Parse(string text) =>
        TransportAddress.TryParse(text, out var address) ? address : throw new FormatException(text);
}

/// <summary>RFC 4787 §4.1 and §5.</summary>
internal enum NatBehaviour
{
    EndpointIndependent,
    AddressDependent,
    AddressAndPortDependent,
}
