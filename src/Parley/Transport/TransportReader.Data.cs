using Parley.Sctp;
using Parley.Transport;

namespace Parley;

// The data channels.
internal sealed partial class TransportReader
{
    /// <summary>A channel, its record, and the tasks that announce it.</summary>
    private const int CostOfAnnouncement = 2048;

    private readonly Dictionary<DataChannelHandle, DataChannel> _channels = [];

    /// <summary>Negotiation wants something else: channels of an association that ends are nobody's any more.</summary>
    public void OnPlan(TransportPlan before, TransportPlan plan, IReadOnlyDictionary<int, RtpTransceiver> media)
    {
        _media = media;
        if (before.Sctp?.Association != plan.Sctp?.Association)
        {
            _channels.Clear();
        }
    }

    /// <summary>Opens a channel.</summary>
    public void Open(DataChannel channel)
    {
        if (!Core.HasData)
        {
            return;
        }

        var handle = Core.OpenChannel(new DataChannelParameters
        {
            Label = channel.Label,
            Protocol = channel.Protocol,
            Ordered = channel.Ordered,
            MaxRetransmits = channel.MaxRetransmits,
            MaxLifetime = channel.MaxPacketLifeTime,
            Negotiated = channel.Negotiated,
            Id = channel.Id,
        });
        if (handle is not { } opened)
        {
            // The peer has opened a channel with this id meanwhile: webrtc-pc §6.2, "error on creating data channels".
            connection.Queue.Enqueue(channel.OnUnableToCreate);
            return;
        }

        channel.Handle = opened;
        _channels[opened] = channel;
    }

    /// <summary>Closes a channel that is open still.</summary>
    public void Close(DataChannel channel)
    {
        if (_channels.ContainsKey(channel.Handle))
        {
            Core.CloseChannel(channel.Handle);
        }
    }

    public void OnReceivingResumed()
    {
        if (Core.ReceivePaused && connection.Delivery.HasRoom && _channels.Values.All(static channel => channel.Delivery.HasRoom))
        {
            Core.ReceivePaused = false;
        }
    }

    private void OnData(in TransportEvent happened)
    {
        switch (happened.Kind)
        {
            case TransportEventKind.SctpConnected:
                connection.OnSctpConnected(transport, happened.MaxStreams);
                return;
            case TransportEventKind.SctpClosed:
                connection.OnSctpClosed(transport, null);
                return;
            case TransportEventKind.SctpFailed:
                var text = $"The SCTP association failed: {happened.Reason ?? happened.SctpFailure.ToString()}.";
                connection.OnSctpClosed(transport, new RtcError(RtcErrorDetail.SctpFailure, text) { SctpCauseCode = happened.CauseCode });
                return;
            case TransportEventKind.SctpCarrierFailed:
                connection.OnSctpClosed(transport, new RtcError(RtcErrorDetail.SctpFailure, "The DTLS transport below failed."));
                return;
            case TransportEventKind.ChannelAnnounced:
                Announce(happened);
                return;
        }

        if (_channels.TryGetValue(happened.Channel, out var channel))
        {
            OnChannel(channel, happened);
        }
    }

    private void OnChannel(DataChannel channel, in TransportEvent happened)
    {
        switch (happened.Kind)
        {
            case TransportEventKind.MessageReceived:
                Deliver(channel, new DataChannelMessage(Copy(happened.Payload.Span), happened.IsBinary));
                break;
            case TransportEventKind.BufferedAmountDecreased:
                channel.OnBufferedAmountDecreased(happened.Bytes);
                break;
            case TransportEventKind.MessageTooLarge:
                connection.Queue.Enqueue(channel.OnMessageTooLarge);
                break;
            case TransportEventKind.ChannelClosing:
                connection.Queue.Enqueue(channel.OnClosingByPeer);
                break;
            case TransportEventKind.ChannelClosed:
                _channels.Remove(happened.Channel);
                connection.Queue.Enqueue(() => channel.OnClosed(null));
                ChargeUntilNow(DeliveryAccount.Overhead);
                break;
        }
    }

    private void Announce(in TransportEvent happened)
    {
        var parameters = happened.Parameters!;
        var channel = new DataChannel(connection, parameters.Label, new DataChannelInit
        {
            Ordered = parameters.Ordered,
            MaxPacketLifeTime = parameters.MaxLifetime,
            MaxRetransmits = parameters.MaxRetransmits,
            Protocol = parameters.Protocol,
        })
        {
            Id = happened.ChannelId?.Value,
            Handle = happened.Channel,
            Carrier = transport,
        };
        _channels[happened.Channel] = channel;
        connection.OnChannelAnnounced(channel);
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
            Core.ReceivePaused = true;
        }

        Charge(message.Data.Length + DeliveryAccount.Overhead);
        transport.Driven.ExpectsAnswer = true;
        connection.Queue.Enqueue(() => channel.OnMessage(message));
    }

    private void Charge(int cost)
    {
        if (!connection.Delivery.Add(cost))
        {
            Core.ReceivePaused = true;
        }
    }

    // For what has been queued: paid back when the event queue has come to this place.
    private void ChargeUntilNow(int cost)
    {
        Charge(cost);
        connection.Queue.Enqueue(() => connection.OnDeliveryTaken(cost));
    }
}
