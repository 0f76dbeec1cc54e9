using Parley.Net;
using Parley.Rtp;
using Parley.Sctp;

namespace Parley.Transport;

// What the application asks for, and what statistics look at.
public sealed partial class BundleTransport
{
    /// <summary>Whether there are data channels to come: an association runs or is about to.</summary>
    public bool HasData => _data.IsOpen;

    /// <summary>Whether messages are held back: the receive window closes, and the peer waits. Set by whoever reads them.</summary>
    public bool ReceivePaused
    {
        get => _data.ReceivePaused;
        set => _data.ReceivePaused = value;
    }

    /// <summary>The sections, with their streams.</summary>
    public IReadOnlyList<TransportSection> Sections => _media.Sections;

    /// <summary>Whether feedback goes without a report before it (RFC 5506).</summary>
    public bool UsesReducedSizeRtcp => _media.UsesReducedSizeRtcp;

    /// <summary>What the peer believes that the selected pair carries, in bits per second (REMB); null: it has not said.</summary>
    public double? EstimatedBitrate => _media.EstimatedBitrate;

    /// <summary>Opens a data channel.</summary>
    /// <returns>The channel; null: there is no association, or the peer has opened a channel with this id meanwhile.</returns>
    public DataChannelHandle? OpenChannel(DataChannelParameters parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return _data.OpenChannel(parameters);
    }

    /// <summary>Closes a data channel once what was sent before has been delivered (webrtc-pc §6.2).</summary>
    public void CloseChannel(DataChannelHandle channel) => _data.CloseChannel(channel);

    /// <summary>
    /// Queues a message; its bytes are copied. One that finds the association's buffer full waits here: nothing accepted is lost.
    /// </summary>
    public void Send(DataChannelHandle channel, ReadOnlySpan<byte> message, bool isBinary, Instant now) =>
        _data.Send(channel, message, isBinary, now);

    /// <summary>Sends a frame; its bytes are copied.</summary>
    /// <param name="ssrc">The stream.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="now">The present.</param>
    /// <returns>
    /// False: dropped. There is no such stream any more, its payload type is not negotiated any more, or the stream does not take it now.
    /// </returns>
    public bool SendFrame(Ssrc ssrc, in RtpFrame frame, Instant now) => _media.SendFrame(ssrc, frame, now);

    /// <summary>Sends a dial tone in the place of the sound (RFC 4733). Of a stream that is not there any more nothing is sent.</summary>
    public void SendTone(Ssrc ssrc, in RtpTelephoneEvent tone, Instant now) => _media.SendTone(ssrc, tone, now);

    /// <summary>Asks the peer for a key frame.</summary>
    /// <param name="section">The section's id.</param>
    /// <param name="rid">The encoding; null: of all.</param>
    /// <param name="now">The present.</param>
    public void RequestKeyFrame(int section, string? rid, Instant now) => _media.RequestKeyFrame(section, rid, now);

    /// <summary>The driver's network has refused a datagram at once, as larger than the path takes.</summary>
    /// <param name="length">The datagram's length in bytes, the headroom included.</param>
    /// <param name="path">The path it was to go by.</param>
    /// <param name="now">The present.</param>
    public void OnPacketTooLarge(int length, in Path path, Instant now)
    {
        if (_dtls is { State: Dtls.DtlsState.Connected })
        {
            _data.OnPacketTooLarge(length - path.Local.Headroom - _dtls.RecordOverhead, now);
        }
    }
}
