using Parley.Media;

namespace Parley.Cli.Host;

/// <summary>What the host sends on one connection: the test card, and the tune or the caller's own sound.</summary>
internal sealed class HostMedia : IDisposable
{
    private readonly PeerConnection _connection;
    private readonly OggOpusSource _tuneSource = SampleMedia.Tune();
    private readonly IvfSource _cardSource = SampleMedia.TestCard();
    private readonly MediaStreamTrack _tune;
    private readonly MediaStreamTrack _card;
    private readonly RtpSender _sound;
    private TrackRelay? _echo;

    public HostMedia(PeerConnection connection)
    {
        _connection = connection;
        _tune = new MediaStreamTrack(MediaKind.Audio, _tuneSource, label: "tune");
        _card = new MediaStreamTrack(MediaKind.Video, _cardSource, label: "test card");
        var stream = new MediaStream(null, _tune, _card);
        _sound = connection.AddTrack(_tune, stream);
        connection.AddTrack(_card, stream);
    }

    /// <summary>Sends the caller's sound back, or the tune again. False when no sound comes from the caller.</summary>
    public async Task<bool> EchoAsync(bool on)
    {
        TrackRelay? last = _echo;
        _echo = null;
        if (on)
        {
            RtpTransceiver? heard = _connection.GetTransceivers().FirstOrDefault(each => each.Kind == MediaKind.Audio
                && each.CurrentDirection is RtpTransceiverDirection.SendRecv or RtpTransceiverDirection.RecvOnly);
            if (heard is null)
            {
                _echo = last;
                return false;
            }

            _echo = new TrackRelay(heard.Receiver.Track);
        }

        await _sound.ReplaceTrackAsync(_echo?.Track ?? _tune);
        last?.Dispose();
        return true;
    }

    public void Dispose()
    {
        _echo?.Dispose();
        _tune.Stop();
        _card.Stop();
        _tuneSource.Dispose();
        _cardSource.Dispose();
    }
}
