using System.Text;
using Parley.Dtls;
using Parley.Sctp;
using Parley.Sdp;
using Parley.Transport;

namespace Parley;

// The peer-to-peer data API (webrtc-pc §6).
public sealed partial class PeerConnection
{
    private const int MaxNameBytes = 65_535;
    private const int MaxChannels = 65_535;
    private const int DefaultSctpPort = 5000;
    private readonly SortedSet<DataChannel> _dataChannels = new(DataChannel.ByNumber);

    /// <summary>
    /// Ids in use, those of closing channels too, whose streams are not free yet. Each with the channel that had it last: the peer may use
    /// one again before its channel is closed here.
    /// </summary>
    private readonly Dictionary<ushort, DataChannel> _channelIds = [];
    private int _lowestFreeChannelId;
    private int _remoteSctpPort;
    private bool _hasCreatedDataChannel;
    private int _channelNumber;
    private int _sctpAssociations;

    /// <summary>The association of the data channels; null before data was negotiated.</summary>
    /// <remarks>sctp.</remarks>
    public SctpTransport? SctpTransport { get; private set; }

    /// <summary>Opens a data channel (webrtc-pc §6.1, createDataChannel). It becomes open once the association is up.</summary>
    /// <param name="label">A label, at most 65,535 bytes of UTF-8.</param>
    /// <param name="init">How the channel shall behave; null for ordered and reliable.</param>
    /// <exception cref="RtcException">InvalidStateError: closed. OperationError: the id is in use, or none is free.</exception>
    /// <exception cref="ArgumentException">A name is too long, both reliability limits are given, or the id is missing or
    /// 65,535.</exception>
    public DataChannel CreateDataChannel(string label, DataChannelInit? init = null)
    {
        ArgumentNullException.ThrowIfNull(label);
        init ??= new DataChannelInit();
        ArgumentNullException.ThrowIfNull(init.Protocol, nameof(init));

        // Both are of Web IDL's type USVString: what the peer reads is what this side shows.
        label = ToScalarValues(label);
        init = init with { Protocol = ToScalarValues(init.Protocol) };
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
            // The transport may have a role of the media before it, and be replaced until an answer takes the data section.
            if (channel.Id is null && SctpTransport is { WasStarted: true, Peer.DtlsRole: { } role })
            {
                channel.Id = FreeChannelId(role) ?? throw new RtcException(RtcErrorNames.OperationError, "No id is free.");
            }
            else if (channel.Id is { } given && _channelIds.ContainsKey(given))
            {
                throw new RtcException(RtcErrorNames.OperationError, $"The id {given} is in use.");
            }

            if (channel.Id is { } id)
            {
                if (SctpTransport is { State: SctpTransportState.Connected } connected && id >= connected.MaxChannels)
                {
                    throw new RtcException(
                        RtcErrorNames.OperationError, $"The association has {connected.MaxChannels} channels; the id {id} is beyond them.");
                }

                _channelIds.Add(id, channel);
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

    /// <summary>What has come for the user and was not taken.</summary>
    internal DeliveryAccount Delivery { get; } = new(DeliveryAccount.MostOfConnection);

    /// <summary>The user has taken what came; the loop may deliver more.</summary>
    internal void OnDeliveryTaken(int cost)
    {
        if (Delivery.Take(cost))
        {
            ResumeReceiving();
        }
    }

    /// <summary>There is room for what was held back.</summary>
    internal void ResumeReceiving()
    {
        lock (Gate)
        {
            _transports.ForEach(static transport => transport.Driven.ResumeReceiving());
        }
    }

    internal int NextChannelNumber() => Interlocked.Increment(ref _channelNumber);

    /// <summary>
    /// Hands a channel to the association and announces it as open. Called with the gate held, once the association is up.
    /// </summary>
    internal void AttachChannel(DataChannel channel)
    {
        channel.IsAttached = true;
        channel.AnnounceOpen();
        channel.Carrier = SctpTransport!.Peer;
        channel.Carrier.OpenChannel(channel);
    }

    /// <summary>The closing procedure, begun by Close. Called with the gate held.</summary>
    internal void BeginClosing(DataChannel channel)
    {
        KeepClosing(channel);
        if (channel.IsAttached)
        {
            channel.Carrier!.CloseChannel(channel);
        }
        else
        {
            Queue.Enqueue(() => channel.OnClosed(null));
        }
    }

    internal void RemoveDataChannel(DataChannel channel) => KeepClosing(channel);

    /// <summary>A channel is closed: its id is free again. Called with the gate held.</summary>
    internal void ForgetChannel(DataChannel channel)
    {
        KeepClosed(channel);
        if (channel.Id is { } id && _channelIds.GetValueOrDefault(id) == channel && _channelIds.Remove(id) && id < _lowestFreeChannelId)
        {
            _lowestFreeChannelId = id & ~1;
        }
    }

    /// <summary>
    /// "Announcing a data channel instance": the peer opened a channel. Called from the loop, in the order of its events.
    /// </summary>
    internal void OnChannelAnnounced(DataChannel channel)
    {
        Queue.Enqueue(() =>
        {
            lock (Gate)
            {
                if (IsClosed)
                {
                    return;
                }

                _dataChannels.Add(channel);
                if (channel.Id is { } id)
                {
                    _channelIds[id] = channel;
                }

                channel.IsAttached = true;
                channel.ReadyState = DataChannelState.Open;
            }

            Queue.Raise(DataChannelAdded, this, new DataChannelEventArgs(channel));
        });

        // Queued now rather than by the task above: messages that are on their way into the queue come after the event "open".
        channel.AnnounceOpen();
    }

    /// <summary>The "connected procedure" (webrtc-pc §6.1.1.3).</summary>
    internal void OnSctpConnected(PeerTransport carrier, int maxChannels) => Queue.Enqueue(() =>
    {
        SctpTransport transport;
        lock (Gate)
        {
            if (IsClosed || SctpTransport is not { State: SctpTransportState.Connecting } || SctpTransport.Peer != carrier)
            {
                return;
            }

            transport = SctpTransport;
            transport.SetConnected((ushort)Math.Min(maxChannels, MaxChannels));
            foreach (var channel in _dataChannels.Where(channel => !channel.IsAttached).ToArray())
            {
                GiveId(channel, carrier);
                if (channel.Id is null || channel.Id >= transport.MaxChannels)
                {
                    Queue.Enqueue(channel.OnUnableToCreate);
                }
                else
                {
                    AttachChannel(channel);
                }
            }
        }

        transport.RaiseStateChanged();
    });

    /// <summary>The association on a transport is gone; its channels close, with an error unless it ended in order.</summary>
    internal void OnSctpClosed(PeerTransport carrier, RtcError? error) => Queue.Enqueue(() =>
    {
        SctpTransport? transport;
        DataChannel[] channels;
        lock (Gate)
        {
            transport = SctpTransport;
            if (IsClosed || transport is null || transport.Peer != carrier)
            {
                return;
            }

            channels = [.. _dataChannels];
        }

        AnnounceSctpClosed(transport, channels, error);
    });

    /// <summary>
    /// RFC 8841 §10.3: a description closes the association. Its channels and the transport's state follow in a queued task; channels made
    /// from now on belong to the next one. Called with the gate held.
    /// </summary>
    private void EndSctp(SctpTransport transport)
    {
        SctpTransport = null;
        DataChannel[] channels = [.. _dataChannels];
        transport.Peer.SetSctp(null);
        Queue.Enqueue(() => AnnounceSctpClosed(transport, channels, null));
    }

    private void AnnounceSctpClosed(SctpTransport transport, DataChannel[] channels, RtcError? error)
    {
        lock (Gate)
        {
            if (IsClosed || !transport.SetClosed())
            {
                return;
            }
        }

        transport.RaiseStateChanged();
        foreach (var channel in channels)
        {
            channel.OnClosed(error);
        }
    }

    /// <summary>
    /// What an answer says about the association (webrtc-pc §4.4.1.5, from #offer-sctp-transport on). Called with the gate held.
    /// </summary>
    private void ConnectSctp(SdpDocument local, SdpDocument remote, IReadOnlySet<PeerTransport> renewed, DescriptionEffects effects)
    {
        var section = _sections.FirstOrDefault(candidate => candidate is { IsData: true, IsRejected: false, Transport: not null });
        if (section is null)
        {
            if (SctpTransport is { } rejected && SignalingState == SignalingState.Stable)
            {
                EndSctp(rejected);
            }

            return;
        }

        var carrier = section.Transport!;
        var media = remote.Media[section.Index];
        var remotePort = media.SctpPort ?? DefaultSctpPort;
        var isOtherPort = remotePort != _remoteSctpPort;
        var isNew = true;
        if (SctpTransport is { WasStarted: true } old)
        {
            // Another DTLS association carries another SCTP association. One that is not up yet has no channels that could end with it.
            var isCarriedAnew = old.Peer != carrier || renewed.Contains(carrier);
            isNew = isOtherPort || isCarriedAnew;
            if (isOtherPort || (isCarriedAnew && old.State != SctpTransportState.Connecting))
            {
                EndSctp(old);
            }
            else if (isCarriedAnew)
            {
                old.Peer.SetSctp(null);
            }
        }

        _remoteSctpPort = remotePort;
        SctpTransport ??= new SctpTransport(this, carrier);
        SctpTransport.Peer = carrier;
        SctpTransport.WasStarted = true;
        if (isNew)
        {
            SctpTransport.BeginWith(++_sctpAssociations, local.Media[section.Index].SctpInit, media.SctpInit);
            _nextSctpInit = null;
        }

        SctpTransport.UpdateMaxMessageSize(media.MaxMessageSize);
        foreach (var channel in _dataChannels.Where(channel => channel is { Id: null, ReadyState: not DataChannelState.Closed }))
        {
            GiveId(channel, carrier);
            if (channel.Id is null && carrier.DtlsRole is not null)
            {
                effects.FailedChannels.Add(channel);
            }
        }

        var remoteMaximum = media.MaxMessageSize ?? SctpTransport.DefaultRemoteMaxMessageSize;
        carrier.SetSctp(new SctpPlan(SctpTransport.Association, (ushort)remotePort, remoteMaximum)
        {
            MaxMessageSize = SctpTransport.LocalMaxMessageSize,
            Streams = (ushort)_configuration.MaxDataChannels,
            CongestionControl = _configuration.DataCongestionControl,
            LocalInit = InitOf(SctpTransport.LocalInit),
            RemoteInit = InitOf(SctpTransport.RemoteInit),
        });
    }

    private static SctpInit? InitOf(byte[]? chunk) => SctpInit.TryParse(chunk, out var init) ? init : null;

    private void GiveId(DataChannel channel, PeerTransport carrier)
    {
        if (channel.Id is null && carrier.DtlsRole is { } role && FreeChannelId(role) is { } id)
        {
            channel.Id = id;
            _channelIds.Add(id, channel);
        }
    }

    /// <summary>RFC 8832 §6: the DTLS client takes even ids, the server odd ones; 65,535 is no id.</summary>
    private ushort? FreeChannelId(DtlsRole role)
    {
        var limit = SctpTransport?.MaxChannels ?? MaxChannels;
        var parity = role == DtlsRole.Client ? 0 : 1;
        while (_lowestFreeChannelId + parity < limit && _channelIds.ContainsKey((ushort)(_lowestFreeChannelId + parity)))
        {
            _lowestFreeChannelId += 2;
        }

        var id = _lowestFreeChannelId + parity;
        return id < limit ? (ushort)id : null;
    }

    /// <summary>Web IDL, "convert a string to a sequence of scalar values": half of a surrogate pair becomes U+FFFD.</summary>
    private static string ToScalarValues(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private static void ThrowIfTooLong(string text, string name)
    {
        if (Encoding.UTF8.GetByteCount(text) > MaxNameBytes)
        {
            throw new ArgumentException("A label or protocol has at most 65,535 bytes of UTF-8.", name);
        }
    }
}
