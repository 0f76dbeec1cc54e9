using Parley.Media;

namespace Parley.Tests;

/// <summary>One side of a call and the four functions of holding it, as one writes them in JavaScript.</summary>
internal sealed class HoldingParty(
    PeerConnection connection, RtpTransceiver transceiver, MediaStreamTrack microphone, MediaStreamTrack music)
{
    public PeerConnection Connection => connection;

    public RtpTransceiver Transceiver => transceiver;

    /// <summary>What happened to the receiver's track: muted, unmuted.</summary>
    public List<string> Log { get; } = Watch(transceiver.Receiver.Track);

    /// <summary>Enables hold. The result is to be sent.</summary>
    public async Task<SessionDescription> EnableHoldAsync()
    {
        await transceiver.Sender.ReplaceTrackAsync(music);
        transceiver.Receiver.Track.Enabled = false;
        transceiver.Direction = RtpTransceiverDirection.SendOnly;
        return await OfferAsync();
    }

    /// <summary>Hold was requested by the other side. The result is to be sent back.</summary>
    public async Task<SessionDescription> HoldRequestedAsync(SessionDescription offer)
    {
        await connection.SetRemoteDescriptionAsync(offer);
        await transceiver.Sender.ReplaceTrackAsync(null);
        transceiver.Direction = RtpTransceiverDirection.RecvOnly;
        return await AnswerAsync();
    }

    /// <summary>Disables hold. The result is to be sent.</summary>
    public async Task<SessionDescription> DisableHoldAsync()
    {
        await transceiver.Sender.ReplaceTrackAsync(microphone);
        transceiver.Receiver.Track.Enabled = true;
        transceiver.Direction = RtpTransceiverDirection.SendRecv;
        return await OfferAsync();
    }

    /// <summary>Hold was ended by the other side. The result is to be sent back.</summary>
    public async Task<SessionDescription> HoldEndedAsync(SessionDescription offer)
    {
        await connection.SetRemoteDescriptionAsync(offer);
        await transceiver.Sender.ReplaceTrackAsync(microphone);
        transceiver.Direction = RtpTransceiverDirection.SendRecv;
        return await AnswerAsync();
    }

    private static List<string> Watch(MediaStreamTrack track)
    {
        var log = new List<string>();
        track.Muted += (_, _) => log.Add("muted");
        track.Unmuted += (_, _) => log.Add("unmuted");
        return log;
    }

    private async Task<SessionDescription> OfferAsync()
    {
        await connection.SetLocalDescriptionAsync(await connection.CreateOfferAsync());
        return connection.LocalDescription!;
    }

    private async Task<SessionDescription> AnswerAsync()
    {
        await connection.SetLocalDescriptionAsync(await connection.CreateAnswerAsync());
        return connection.LocalDescription!;
    }
}
