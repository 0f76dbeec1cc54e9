using Parley.Media;

namespace Parley;

/// <summary>The [[LastStableState…]] slots of a transceiver's sender and receiver.</summary>
internal sealed record StableTransceiverState(
    bool IsReceptive,
    PeerTransport? SenderTransport,
    PeerTransport? ReceiverTransport,
    IReadOnlyList<MediaStream> RemoteStreams,
    IReadOnlyList<RtpCodecParameters> ReceiveCodecs);
