using System.Net.Sockets;
using Parley.Net;

namespace Parley.Simulation;

/// <summary>A datagram under way. Pooled by the network.</summary>
internal sealed class Packet(VirtualNetwork network) : AgendaItem
{
    private byte[] _buffer = new byte[2048];

    internal TransportAddress Source { get; set; }

    internal TransportAddress Destination { get; set; }

    internal byte Ecn { get; set; }

    /// <summary>When it came to the socket that it is for.</summary>
    internal Instant ArrivedAt { get; set; }

    internal int Length { get; private set; }

    /// <summary>The host whose socket sent it.</summary>
    internal VirtualNode Origin { get; set; } = null!;

    /// <summary>The node that sends it over the present hop.</summary>
    internal VirtualNode From { get; set; } = null!;

    /// <summary>The node at the end of the present hop.</summary>
    internal VirtualNode To { get; set; } = null!;

    /// <summary>The link it is on; null between two links.</summary>
    internal Link? Link { get; set; }

    /// <summary>The space of addresses in which the present hop is made.</summary>
    internal Realm Realm { get; set; } = null!;

    /// <summary>How many nodes have sent it on.</summary>
    internal int Hops { get; set; }

    internal Span<byte> Datagram => _buffer.AsSpan(0, Length);

    /// <summary>Bytes with IP and UDP headers.</summary>
    internal int WireSize => Length + (Destination.Family == AddressFamily.InterNetwork ? 28 : 48);

    internal void Fill(ReadOnlySpan<byte> datagram)
    {
        if (_buffer.Length < datagram.Length)
        {
            _buffer = new byte[datagram.Length];
        }

        datagram.CopyTo(_buffer);
        Length = datagram.Length;
    }

    internal void CopyTo(Packet copy)
    {
        copy.Fill(Datagram);
        copy.Source = Source;
        copy.Destination = Destination;
        copy.Ecn = Ecn;
        copy.Origin = Origin;
        copy.From = From;
        copy.To = To;
        copy.Link = Link;
        copy.Realm = Realm;
        copy.Hops = Hops;
    }

    internal override void Happen() => network.LeaveLink(this);
}
