namespace Parley.Sctp;

/// <summary>What a <see cref="DataChannelEvent"/> tells.</summary>
public enum DataChannelEventKind
{
    /// <summary>The association is up; <see cref="SctpAssociation.MaxStreams"/> is known.</summary>
    AssociationConnected,

    /// <summary>The association ended in order. The channels' own events follow.</summary>
    AssociationClosed,

    /// <summary>The association ended without order. The channels' own events follow.</summary>
    AssociationFailed,

    /// <summary>The peer opened a channel. It is open on this side, too.</summary>
    ChannelAnnounced,

    /// <summary>
    /// A channel of this side has its id and can send; the peer's acknowledgement is not waited for (webrtc-pc §6.1.1.3).
    /// </summary>
    ChannelOpened,

    /// <summary>A message came.</summary>
    MessageReceived,

    /// <summary>A message larger than this side takes was dropped; the channel is being closed.</summary>
    MessageTooLarge,

    /// <summary>Bytes left the channel's buffer.</summary>
    BufferedAmountDecreased,

    /// <summary>The channel's buffered amount fell to its threshold or below (webrtc-pc §6.2, bufferedamountlow).</summary>
    BufferedAmountLow,

    /// <summary>The peer closes the channel; this side does so, too.</summary>
    ChannelClosing,

    /// <summary>The channel is closed on both sides, or with the association; its id is free.</summary>
    ChannelClosed,
}
