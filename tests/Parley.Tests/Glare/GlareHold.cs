using Parley.Media;

namespace Parley.Tests.Glare;

/// <summary>One transceiver that is held by this side, by the other, or by both, and what it was before.</summary>
internal sealed class GlareHold(RtpTransceiver transceiver)
{
    private readonly RtpTransceiverDirection _direction = transceiver.Direction;
    private readonly MediaStreamTrack? _voice = transceiver.Sender.Track;

    /// <summary>Whether this side holds.</summary>
    public bool IsMine { get; set; }

    /// <summary>Whether the other side holds.</summary>
    public bool IsTheirs { get; set; }

    public bool IsOver => !IsMine && !IsTheirs;

    /// <summary>What the sender shall send.</summary>
    public MediaStreamTrack? TrackFor(MediaStreamTrack music) => IsMine ? music : IsTheirs ? null : _voice;

    public void SetDirection() => transceiver.Direction = (IsMine, IsTheirs) switch
    {
        (true, true) => RtpTransceiverDirection.Inactive,
        (true, false) => RtpTransceiverDirection.SendOnly,
        (false, true) => RtpTransceiverDirection.RecvOnly,
        _ => _direction,
    };
}
