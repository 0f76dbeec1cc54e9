using Parley.Media;

namespace Parley.Cli.Calls;

/// <summary>
/// Hold with music: the peer gets music and a card in place of sound and picture, and is neither heard nor seen. What was before comes
/// back with <see cref="ResumeAsync"/>.
/// </summary>
internal sealed class CallHold(PeerConnection connection) : IDisposable
{
    private readonly Dictionary<RtpTransceiver, Before> _before = [];
    private readonly List<PacedSource> _sources = [];
    private readonly List<MediaStreamTrack> _tracks = [];

    /// <summary>Whether the peer is on hold.</summary>
    public bool IsHeld { get; private set; }

    /// <summary>Puts the peer on hold; done when the tracks are replaced, negotiation follows by itself.</summary>
    public async Task HoldAsync()
    {
        if (IsHeld)
        {
            return;
        }

        IsHeld = true;
        connection.TrackAdded += OnTrackAdded;
        Task[] replaced =
            [.. connection.GetTransceivers().Where(each => each.Direction != RtpTransceiverDirection.Stopped).Select(Silence)];
        await Task.WhenAll(replaced);
    }

    /// <summary>Takes the peer off hold.</summary>
    public async Task ResumeAsync()
    {
        if (!IsHeld)
        {
            return;
        }

        IsHeld = false;
        connection.TrackAdded -= OnTrackAdded;
        KeyValuePair<RtpTransceiver, Before>[] held = [.. _before.Where(each => each.Key.Direction != RtpTransceiverDirection.Stopped)];
        _before.Clear();
        Task[] replaced = [.. held.Select(each => each.Key.Sender.ReplaceTrackAsync(each.Value.Track))];
        foreach ((RtpTransceiver transceiver, Before before) in held)
        {
            transceiver.Receiver.Track.Enabled = before.Enabled;
            transceiver.Direction = before.Direction;
        }

        await Task.WhenAll(replaced);
        Dispose();
    }

    /// <summary>Ends the music.</summary>
    public void Dispose()
    {
        _tracks.ForEach(track => track.Stop());
        _sources.ForEach(source => source.Dispose());
        _tracks.Clear();
        _sources.Clear();
    }

    // Sound is always sent, so that there is music; pictures only to who got some before.
    private Task Silence(RtpTransceiver transceiver)
    {
        var before = new Before(transceiver.Direction, transceiver.Sender.Track, transceiver.Receiver.Track.Enabled);
        _before[transceiver] = before;
        transceiver.Receiver.Track.Enabled = false;
        bool sends = transceiver.Kind == MediaKind.Audio || before.Track is not null;
        transceiver.Direction = sends ? RtpTransceiverDirection.SendOnly : RtpTransceiverDirection.Inactive;
        return sends ? transceiver.Sender.ReplaceTrackAsync(Waiting(transceiver.Kind)) : Task.CompletedTask;
    }

    private MediaStreamTrack Waiting(MediaKind kind)
    {
        PacedSource source = kind == MediaKind.Audio ? SampleMedia.HoldMusic() : SampleMedia.TestCard();
        var track = new MediaStreamTrack(kind, source, label: "on hold");
        _sources.Add(source);
        _tracks.Add(track);
        return track;
    }

    // Who is on hold is not heard by adding a track either.
    private void OnTrackAdded(object? sender, TrackEventArgs e)
    {
        if (IsHeld && !_before.ContainsKey(e.Transceiver))
        {
            _before[e.Transceiver] = new Before(e.Transceiver.Direction, e.Transceiver.Sender.Track, e.Track.Enabled);
            e.Track.Enabled = false;
            e.Transceiver.Direction = RtpTransceiverDirection.Inactive;
        }
    }

    private sealed record Before(RtpTransceiverDirection Direction, MediaStreamTrack? Track, bool Enabled);
}
