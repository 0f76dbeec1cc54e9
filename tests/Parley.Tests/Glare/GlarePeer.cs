using Parley.Media;
using Parley.Net;
using Parley.Simulation;

namespace Parley.Tests.Glare;

/// <summary>Somebody in a room who keeps changing the calls with the others; a track may go to several of them.</summary>
internal sealed class GlarePeer
{
    private const int MostTransceivers = 6;
    private const int MostChannels = 3;
    private static readonly RtpTransceiverDirection[] s_directions =
        [
            RtpTransceiverDirection.SendRecv, RtpTransceiverDirection.SendOnly, RtpTransceiverDirection.RecvOnly,
            RtpTransceiverDirection.Inactive,
        ];

    private readonly Simulator _simulator;
    private readonly List<MediaStreamTrack> _tracks = [];
    private readonly MediaStream[] _streams;
    private int _frames;

    public GlarePeer(string name, Simulator simulator, VirtualHost host)
    {
        (Name, _simulator, Host) = (name, simulator, host);
        _streams = [new MediaStream($"{name}-1"), new MediaStream($"{name}-2")];
        Music = NewTrack(MediaKind.Audio);
    }

    public string Name { get; }

    public VirtualHost Host { get; }

    /// <summary>What those on hold hear.</summary>
    public MediaStreamTrack Music { get; }

    /// <summary>Whether the peer has left the room.</summary>
    public bool HasLeft { get; set; }

    /// <summary>This peer's ends of the connections with the others.</summary>
    public List<GlareSide> Sides { get; } = [];

    private RandomSource Random => _simulator.Random;

    /// <summary>Changes the calls at random moments, and now and then does nothing for a while.</summary>
    public async Task ActAsync(int actions, TimeSpan longestWait)
    {
        for (var i = 0; i < actions; i++)
        {
            var wait = longestWait * Random.NextDouble();
            await _simulator.Delay(Random.Next(16) == 0 ? wait + TimeSpan.FromSeconds(1 + (3 * Random.NextDouble())) : wait);
            if (HasLeft)
            {
                return;
            }

            if (Sides.Count > 0)
            {
                Act(Sides[Random.Next(Sides.Count)]);
            }
        }
    }

    /// <summary>Feeds each track that was ever made with a frame that names it.</summary>
    public void WriteFrames()
    {
        _frames++;
        for (var i = 0; i < _tracks.Count; i++)
        {
            var track = _tracks[i];
            byte[] data = track.Kind == MediaKind.Audio
                ? [0xF8, (byte)i, (byte)_frames]
                : [0x10, (byte)i, (byte)_frames, 0x9D, 0x01, 0x2A, 16, 0, 16, 0, 1, 2, 3, 4];
            track.Write(new MediaFrame
            {
                Format = track.Kind == MediaKind.Audio ? MediaFormat.Opus : MediaFormat.Vp8,
                Data = data,
                Timestamp = _simulator.Now - Instant.Zero,
                IsKeyFrame = true,
            });
        }
    }

    /// <summary>The number by which frames of a track name it; negative for none that brings any.</summary>
    public int NumberOf(MediaStreamTrack? track) => track is { ReadyState: MediaStreamTrackState.Live } ? _tracks.IndexOf(track) : -1;

    /// <summary>Adds a track to the calls with everybody who has room for it.</summary>
    public void AddTrackForAll()
    {
        var track = NewTrack(AnyKind);
        foreach (var side in Sides.Where(HasRoom))
        {
            side.Model.Note("addTrack for all");
            side.Connection.AddTrack(track, _streams[0]);
        }
    }

    private void Act(GlareSide side)
    {
        switch (Random.Next(19))
        {
            case 0 when HasRoom(side):
                side.Model.Note("addTrack");
                side.Connection.AddTrack(NewTrack(AnyKind), Random.Next(2) == 0 ? [_streams[Random.Next(2)]] : _streams);
                break;
            case 1 when Any(side.Free) is { } transceiver:
                side.Model.Note($"removeTrack {transceiver.Mid}");
                side.Connection.RemoveTrack(transceiver.Sender);
                break;
            case 2 when Any(side.Free) is { } transceiver:
                side.ReplaceTrack(transceiver.Sender, Random.Next(3) == 0 ? null : NewTrack(transceiver.Kind));
                break;
            case 3 or 4 when Any(side.Free) is { } transceiver:
                transceiver.Direction = s_directions[Random.Next(4)];
                side.Model.Note($"direction {transceiver.Mid} {transceiver.Direction}");
                break;
            case 5 when Random.Next(2) == 0 && Any(side.Live) is { } transceiver:
                side.Model.Note($"stop {transceiver.Mid}");
                transceiver.Stop();
                break;
            case 6 when HasRoom(side):
                AddTransceiver(side);
                break;
            case 7:
                side.Model.Note("restartIce");
                side.Connection.RestartIce();
                break;
            case 8 or 9:
                side.TakeBack();
                break;
            case 10 when Any(side.Live) is { } transceiver:
                side.Model.Note($"setStreams {transceiver.Mid}");
                transceiver.Sender.SetStreams(Random.Next(2) == 0 ? [] : [_streams[Random.Next(2)]]);
                break;
            case 11 when side.Channels.Count < MostChannels:
                side.OpenChannel();
                break;
            case 12 when Any(side.Channels) is { } channel:
                side.CloseChannel(channel);
                break;
            case 13 or 14 when Any([.. side.Live.Where(IsTalk)]) is { } transceiver:
                side.Hold(transceiver);
                break;
            case 15:
                side.Resume();
                break;
            case 16:
                AddTrackForAll();
                break;
            case 17 when Any(side.Free)?.Sender.Track is { } track && track != Music && Random.Next(2) == 0:
                side.Model.Note($"stop track {NumberOf(track)}");
                track.Stop();
                break;
        }
    }

    private static bool IsTalk(RtpTransceiver transceiver) =>
        transceiver is { Kind: MediaKind.Audio, CurrentDirection: RtpTransceiverDirection.SendRecv, Mid: not null,
            Receiver.Track.Enabled: true };

    private static bool HasRoom(GlareSide side) => side.Live.Length < MostTransceivers;

    private MediaKind AnyKind => Random.Next(2) == 0 ? MediaKind.Audio : MediaKind.Video;

    private T? Any<T>(IReadOnlyList<T> items)
        where T : class => items.Count == 0 ? null : items[Random.Next(items.Count)];

    private MediaStreamTrack NewTrack(MediaKind kind)
    {
        var track = new MediaStreamTrack(kind);
        _tracks.Add(track);
        return track;
    }

    private void AddTransceiver(GlareSide side)
    {
        var init = new RtpTransceiverInit { Direction = s_directions[Random.Next(4)], Streams = [_streams[Random.Next(2)]] };
        side.Model.Note($"addTransceiver {init.Direction}");
        if (Random.Next(2) == 0)
        {
            side.Connection.AddTransceiver(NewTrack(AnyKind), init);
        }
        else
        {
            side.Connection.AddTransceiver(AnyKind, init);
        }
    }
}
