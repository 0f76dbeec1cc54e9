using Parley.Media;

namespace Parley;

/// <summary>The peer has media to send (webrtc-pc §5.7).</summary>
/// <remarks>RTCTrackEvent.</remarks>
/// <param name="transceiver">The transceiver.</param>
/// <param name="streams">The streams the track belongs to.</param>
public sealed class TrackEventArgs(RtpTransceiver transceiver, IReadOnlyList<MediaStream> streams) : EventArgs
{
    /// <summary>The receiver of the track.</summary>
    public RtpReceiver Receiver => Transceiver.Receiver;

    /// <summary>The track.</summary>
    public MediaStreamTrack Track => Transceiver.Receiver.Track;

    /// <summary>The streams the track belongs to.</summary>
    public IReadOnlyList<MediaStream> Streams { get; } = streams;

    /// <summary>The transceiver.</summary>
    public RtpTransceiver Transceiver { get; } = transceiver;
}
