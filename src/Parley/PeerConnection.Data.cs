using System.Text;
using Parley.Dtls;

namespace Parley;

// The peer-to-peer data API (webrtc-pc §6).
public sealed partial class PeerConnection
{
    private const int MaxNameBytes = 65_535;
    private const int MaxChannels = 65_535;
    private readonly List<DataChannel> _dataChannels = [];
    private bool _hasCreatedDataChannel;
    private int _channelNumber;

    /// <summary>The association of the data channels; null before data was negotiated.</summary>
    /// <remarks>sctp.</remarks>
    public SctpTransport? SctpTransport { get; private set; }

    /// <summary>Opens a data channel (webrtc-pc §6.1, createDataChannel). It becomes open once the association is up.</summary>
    /// <param name="label">A label, at most 65,535 bytes of UTF-8.</param>
    /// <param name="init">How the channel shall behave; null for ordered and reliable.</param>
    /// <exception cref="RtcException">InvalidStateError: closed. OperationError: the id is in use, or none is free.</exception>
    /// <exception cref="ArgumentException">A name is too long, both reliability limits are given, or the id is missing or 65,535.</exception>
    public DataChannel CreateDataChannel(string label, DataChannelInit? init = null)
    {
        ArgumentNullException.ThrowIfNull(label);
        init ??= new DataChannelInit();
        lock (Gate)
        {
            ThrowIfClosed();
            ThrowIfTooLong(label, nameof(label));
            ThrowIfTooLong(init.Protocol, nameof(init));
            if (init is { Negotiated: true, Id: null })
            {
                throw new ArgumentException("A negotiated channel needs an id.", nameof(init));
            }

            if (init is { MaxPacketLifeTime: not null, MaxRetransmits: not null })
            {
                throw new ArgumentException("Only one of the reliability limits may be given.", nameof(init));
            }

            if (init is { Negotiated: true, Id: ushort.MaxValue })
            {
                throw new ArgumentException("The largest id is 65,534.", nameof(init));
            }

            var channel = new DataChannel(this, label, init);
            if (channel.Id is { } id)
            {
                if (_dataChannels.Any(other => other.Id == id) || (SctpTransport is { State: SctpTransportState.Connected } connected && id >= connected.MaxChannels))
                {
                    throw new RtcException(RtcErrorNames.OperationError, "The id is in use or out of range.");
                }
            }
            else if (SctpTransport?.Peer.DtlsRole is { } role)
            {
                channel.Id = FreeChannelId(role) ?? throw new RtcException(RtcErrorNames.OperationError, "No id is free.");
            }

            _dataChannels.Add(channel);
            if (!_hasCreatedDataChannel)
            {
                _hasCreatedDataChannel = true;
                DescriptionStateChanged();
                UpdateNegotiationNeeded();
            }

            if (SctpTransport is { State: SctpTransportState.Connected })
            {
                AttachChannel(channel);
            }

            return channel;
        }
    }

    internal int NextChannelNumber() => Interlocked.Increment(ref _channelNumber);

    /// <summary>Hands a channel to the association and announces it as open. Called with the gate held, once the association is up.</summary>
    internal void AttachChannel(DataChannel channel)
    {
        channel.IsAttached = true;
        Loop.OpenChannel(channel);
        channel.AnnounceOpen();
    }

    /// <summary>The closing procedure, begun by Close. Called with the gate held.</summary>
    internal void BeginClosing(DataChannel channel)
    {
        _dataChannels.Remove(channel);
        if (channel.IsAttached)
        {
            Loop.CloseChannel(channel);
        }
        else
        {
            Queue.Enqueue(() => channel.OnClosed(null));
        }
    }

    internal void RemoveDataChannel(DataChannel channel) => _dataChannels.Remove(channel);

    /// <summary>"Announcing a data channel instance": the peer opened a channel. Called from the loop, in the order of its events.</summary>
    internal void OnChannelAnnounced(DataChannel channel) => Queue.Enqueue(() =>
    {
        lock (Gate)
        {
            if (IsClosed)
            {
                return;
            }

            _dataChannels.Add(channel);
            channel.IsAttached = true;
            channel.ReadyState = DataChannelState.Open;
        }

        Queue.Raise(DataChannelAdded, this, new DataChannelEventArgs(channel));
        channel.AnnounceOpen();
    });

    /// <summary>The "connected procedure" (webrtc-pc §6.1.1.3).</summary>
    internal void OnSctpConnected(int maxChannels) => Queue.Enqueue(() =>
    {
        SctpTransport transport;
        List<DataChannel> failed = [];
        lock (Gate)
        {
            if (IsClosed || SctpTransport is null)
            {
                return;
            }

            transport = SctpTransport;
            transport.SetConnected((ushort)Math.Min(maxChannels, MaxChannels));
            foreach (var channel in _dataChannels.Where(channel => !channel.IsAttached).ToArray())
            {
                channel.Id ??= transport.Peer.DtlsRole is { } role ? FreeChannelId(role) : null;
                if (channel.Id is null || channel.Id >= transport.MaxChannels)
                {
                    failed.Add(channel);
                }
                else
                {
                    AttachChannel(channel);
                }
            }
        }

        transport.RaiseStateChanged();
        foreach (var channel in failed)
        {
            Queue.Enqueue(() => channel.OnClosed(RtcErrorDetail.DataChannelFailure));
        }
    });

    /// <summary>The association is gone; its channels close, with an error unless it ended in order.</summary>
    internal void OnSctpClosed(bool withError) => Queue.Enqueue(() =>
    {
        SctpTransport? transport;
        DataChannel[] channels;
        lock (Gate)
        {
            transport = SctpTransport;
            if (IsClosed || transport is null || !transport.SetClosed())
            {
                return;
            }

            channels = [.. _dataChannels];
        }

        transport.RaiseStateChanged();
        foreach (var channel in channels)
        {
            channel.OnClosed(withError ? RtcErrorDetail.SctpFailure : null);
        }
    });

    /// <summary>RFC 8832 §6: the DTLS client takes even ids, the server odd ones.</summary>
    private ushort? FreeChannelId(DtlsRole role)
    {
        var limit = SctpTransport?.MaxChannels ?? MaxChannels;
        for (var id = role == DtlsRole.Client ? 0 : 1; id < limit; id += 2)
        {
            if (!_dataChannels.Any(channel => channel.Id == id))
            {
                return (ushort)id;
            }
        }

        return null;
    }

    private static void ThrowIfTooLong(string text, string name)
    {
        if (Encoding.UTF8.GetByteCount(text) > MaxNameBytes)
        {
            throw new ArgumentException("A label or protocol has at most 65,535 bytes of UTF-8.", name);
        }
    }
}
