using Microsoft.Extensions.Logging;
using Parley.Dtls;
using Parley.Net;
using Parley.Sctp;

namespace Parley;

// SCTP and the data channels over it.
internal sealed partial class TransportStack
{
    /// <summary>A channel, its record, and the tasks that announce it.</summary>
    private const int CostOfAnnouncement = 2048;

    private readonly Dictionary<DataChannelHandle, DataChannel> _channels = [];
    private readonly Queue<BlockedMessage> _blocked = new();
    private SctpAssociation? _association;
    private DataChannelSession? _data;
    private bool _isAssociationStarted;
    private int _remotePort;

    /// <summary>
    /// What of an association is known before its transport is: enough for its INIT. Large packets are taken wherever datagrams come from;
    /// only who sends them must know that they are not cut on their way.
    /// </summary>
    public static SctpOptions SctpOptionsAhead(PeerConnectionConfiguration configuration) => new()
    {
        MaxMessageSize = SctpTransport.LocalMaxMessageSize,
        MaxDiscoveredPacketSize = SctpAssociation.LargestPacket,
        Streams = (ushort)configuration.MaxDataChannels,

        // As libwebrtc: whether the peer can be reached is for ICE to say and for DTLS, and an association that waits costs next to
        // nothing.
        MaxRetransmissions = int.MaxValue,
        MaxInitRetransmissions = int.MaxValue,
    };

    /// <summary>
    /// Begins an association, unless it is there. The INITs are those of the descriptions, checked already; null where there was none.
    /// </summary>
    public void StartSctp(int remotePort, long? remoteMaxMessageSize, byte[]? localInit, byte[]? remoteInit, Instant now)
    {
        var remoteMaximum = remoteMaxMessageSize ?? SctpTransport.DefaultRemoteMaxMessageSize;
        if (_association is not null && _data is not null && _remotePort == remotePort)
        {
            _association.RemoteMaxMessageSize = remoteMaximum;
            return;
        }

        _remotePort = remotePort;
        _isAssociationStarted = false;
        _association?.Dispose();
        var configuration = _connection.GetConfiguration();
        _association = new SctpAssociation(
            SctpOptionsAhead(configuration) with
            {
                RemotePort = (ushort)remotePort,
                MaxDiscoveredPacketSize = _sockets.TrueForAll(static socket => socket.DontFragment) ? SctpAssociation.LargestPacket : 0,
                LocalInit = InitOf(localInit),
                RemoteInit = InitOf(remoteInit),
                CongestionControl = configuration.DataCongestionControl,
                RemoteMaxMessageSize = remoteMaximum,
            },
            _platform.Random,
            _connection.LoggerFactory.CreateLogger<SctpAssociation>());
        _data = new DataChannelSession(_association, _connection.LoggerFactory.CreateLogger<DataChannelSession>());
        _data.SetRole(_dtls!.Role == DtlsRole.Client);
        ConnectSctp(now);
    }

    private static SctpInit? InitOf(byte[]? chunk) => SctpInit.TryParse(chunk, out var init) ? init : null;

    /// <summary>Ends the association in order, and forgets its channels; what is queued on them is lost.</summary>
    public void StopSctp(Instant now)
    {
        _association?.Shutdown(now);
        _data = null;
        _channels.Clear();
        _blocked.Clear();
    }

    public void OpenChannel(DataChannel channel)
    {
        if (_data is null)
        {
            return;
        }

        if (channel.Id is { } id && _data.ChannelOf(new StreamId(id)) is not null)
        {
            // The peer has opened a channel with this id meanwhile: webrtc-pc §6.2, "error on creating data channels".
            _connection.Queue.Enqueue(channel.OnUnableToCreate);
            return;
        }

        channel.Handle = _data.Open(new DataChannelParameters
        {
            Label = channel.Label,
            Protocol = channel.Protocol,
            Ordered = channel.Ordered,
            MaxRetransmits = channel.MaxRetransmits,
            MaxLifetime = channel.MaxPacketLifeTime,
            Negotiated = channel.Negotiated,
            Id = channel.Id,
        });
        _channels[channel.Handle] = channel;
    }

    public void CloseChannel(DataChannel channel)
    {
        if (!_channels.ContainsKey(channel.Handle))
        {
            return;
        }

        // "Finish sending all currently pending messages of the channel."
        if (_blocked.Any(message => message.Channel == channel))
        {
            _blocked.Enqueue(new BlockedMessage(channel, [], IsBinary: false, IsClose: true));
            return;
        }

        _data!.Close(channel.Handle);
    }

    /// <summary>Sends a message. One that finds the association's buffer full waits here: nothing accepted is lost.</summary>
    public void Send(DataChannel channel, ReadOnlySpan<byte> data, bool isBinary, Instant now)
    {
        if (_data is null)
        {
            return;
        }

        if (_blocked.Count > 0 || _data.Send(channel.Handle, isBinary, data, now) == DataChannelSendStatus.BufferFull)
        {
            _blocked.Enqueue(new BlockedMessage(channel, data.ToArray(), isBinary, IsClose: false));
        }
    }

    /// <summary>Opens the receive window again once the user has taken enough.</summary>
    public void ResumeReceiving(Instant now)
    {
        if (_association is { ReceivePaused: true }
            && _connection.Delivery.HasRoom
            && _channels.Values.All(channel => channel.Delivery.HasRoom))
        {
            _association.ReceivePaused = false;
            PumpSctp(now);
        }
    }

    private void ConnectSctp(Instant now)
    {
        if (_association is not null && !_isAssociationStarted && _dtls is { State: DtlsState.Connected })
        {
            _isAssociationStarted = true;
            _association.Connect(now);
        }
    }

    /// <summary>Without DTLS there is no association (RFC 8261 §6.1).</summary>
    private void FailSctp(RtcError? error)
    {
        if (_association is not null)
        {
            _isAssociationStarted = true;
            _connection.OnSctpClosed(_transport, error);
        }
    }

    private void ReceiveSctp(ReadOnlySpan<byte> packet, Instant now)
    {
        _association?.Receive(packet, now);
        PumpSctp(now);
    }

    private void FillWithSctp(DatagramBatch batch, TransportAddress remote, Instant now)
    {
        if (_association is null || _dtls is not { State: DtlsState.Connected })
        {
            return;
        }

        var header = _dtls.RecordHeaderLength;
        var trailer = _dtls.RecordOverhead - header;
        while (batch.Reserve(_association.NextPacketLimit + header + trailer) is { IsEmpty: false } room)
        {
            var length = _association.Transmit(room[header..^trailer], now);
            if (length == 0)
            {
                return;
            }

            batch.Commit(_dtls.ProtectInPlace(room, length), remote);
        }
    }

    /// <summary>Tells the search for the path's packet size what the system refused at once.</summary>
    private void OnSent(IDatagramSocket socket, Instant now)
    {
        if (socket.TakeTooLarge() is var refused and > 0 && _dtls is { State: DtlsState.Connected })
        {
            _association?.OnPacketTooLarge(refused - _dtls.RecordOverhead, now);
        }
    }

    private void PumpSctp(Instant now)
    {
        if (_data is null)
        {
            return;
        }

        while (_data.TryRead(out var happened))
        {
            OnData(happened);
        }

        while (_blocked.TryPeek(out var message))
        {
            if (message.IsClose)
            {
                _data.Close(message.Channel.Handle);
            }
            else if (_data.Send(message.Channel.Handle, message.IsBinary, message.Data, now) == DataChannelSendStatus.BufferFull)
            {
                return;
            }

            _blocked.Dequeue();
        }
    }

    private void OnData(in DataChannelEvent happened)
    {
        switch (happened.Kind)
        {
            case DataChannelEventKind.AssociationConnected:
                _connection.OnSctpConnected(_transport, _association!.MaxStreams);
                return;
            case DataChannelEventKind.AssociationClosed:
                _connection.OnSctpClosed(_transport, null);
                return;
            case DataChannelEventKind.AssociationFailed:
                var reason = happened.Reason ?? happened.Failure.ToString();
                var error = new RtcError(RtcErrorDetail.SctpFailure, $"The SCTP association failed: {reason}.")
                {
                    SctpCauseCode = happened.CauseCode,
                };
                _connection.OnSctpClosed(_transport, error);
                return;
            case DataChannelEventKind.ChannelAnnounced:
                Announce(happened);
                return;
        }

        if (!_channels.TryGetValue(happened.Channel, out var channel))
        {
            return;
        }

        switch (happened.Kind)
        {
            case DataChannelEventKind.MessageReceived:
                Deliver(channel, new DataChannelMessage(Copy(happened.Payload.Span), happened.IsBinary));
                break;
            case DataChannelEventKind.BufferedAmountDecreased:
                channel.OnBufferedAmountDecreased(happened.Bytes);
                break;
            case DataChannelEventKind.MessageTooLarge:
                _connection.Queue.Enqueue(channel.OnMessageTooLarge);
                break;
            case DataChannelEventKind.ChannelClosing:
                _connection.Queue.Enqueue(channel.OnClosingByPeer);
                break;
            case DataChannelEventKind.ChannelClosed:
                _channels.Remove(happened.Channel);
                _connection.Queue.Enqueue(() => channel.OnClosed(null));
                ChargeUntilNow(DeliveryAccount.Overhead);
                break;
        }
    }

    private void Announce(in DataChannelEvent happened)
    {
        var parameters = happened.Parameters!;
        var channel = new DataChannel(_connection, parameters.Label, new DataChannelInit
        {
            Ordered = parameters.Ordered,
            MaxPacketLifeTime = parameters.MaxLifetime,
            MaxRetransmits = parameters.MaxRetransmits,
            Protocol = parameters.Protocol,
        })
        {
            Id = happened.Id?.Value,
            Handle = happened.Channel,
        };
        _channels[happened.Channel] = channel;
        _connection.OnChannelAnnounced(channel);
        ChargeUntilNow(CostOfAnnouncement + sizeof(char) * (parameters.Label.Length + parameters.Protocol.Length));
    }

    // All of it is written at once: no need to clear it before.
    private static byte[] Copy(ReadOnlySpan<byte> payload)
    {
        var copy = GC.AllocateUninitializedArray<byte>(payload.Length);
        payload.CopyTo(copy);
        return copy;
    }

    private void Deliver(DataChannel channel, DataChannelMessage message)
    {
        if (!channel.Delivery.Add(message.Data.Length))
        {
            _association!.ReceivePaused = true;
        }

        Charge(message.Data.Length + DeliveryAccount.Overhead);
        _connection.Loop.OnDelivered();
        _connection.Queue.Enqueue(() => channel.OnMessage(message));
    }

    private void Charge(int cost)
    {
        if (!_connection.Delivery.Add(cost))
        {
            _association!.ReceivePaused = true;
        }
    }

    // For what has been queued: paid back when the event queue has come to this place.
    private void ChargeUntilNow(int cost)
    {
        Charge(cost);
        _connection.Queue.Enqueue(() => _connection.OnDeliveryTaken(cost));
    }

    private sealed record BlockedMessage(DataChannel Channel, byte[] Data, bool IsBinary, bool IsClose);
}
