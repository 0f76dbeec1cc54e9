using System.Buffers.Binary;
using Parley.Media;

namespace Parley.Tests.Media;

/// <summary>
/// Thirty pictures a second in the shape of VP8: a key frame where one is asked for, else pictures that refer to the one before, whose
/// number they carry; of which every other may be left out.
/// </summary>
internal sealed class PictureFeed
{
    private readonly Pair _pair;
    private readonly HashSet<int> _shown = [];
    private bool _wantsKeyFrame = true;
    private int _number;
    private int _reference;

    public PictureFeed(Pair pair)
    {
        _pair = pair;
        Track.KeyFrameRequested += (_, _) =>
        {
            Asked++;
            _wantsKeyFrame = true;
        };
        _ = FeedAsync();
    }

    public MediaStreamTrack Track { get; } = new(MediaKind.Video);

    public int Asked { get; private set; }

    public int Length { get; set; } = 60;

    public bool EveryOtherIsDiscardable { get; set; }

    public bool Rests { get; set; }

    public bool Ended { get; set; }

    /// <summary>Whether the picture that a received one refers to was received before it.</summary>
    public bool IsDecodable(MediaFrame frame)
    {
        var data = frame.Data.Span;
        var first = _shown.Count == 0;
        _shown.Add(BinaryPrimitives.ReadInt32BigEndian(data[10..]));
        return first || frame.IsKeyFrame || _shown.Contains(BinaryPrimitives.ReadInt32BigEndian(data[14..]));
    }

    private async Task FeedAsync()
    {
        var start = _pair.Simulator.Now;
        while (!Ended)
        {
            await _pair.Simulator.Delay(TimeSpan.FromSeconds(1 / 30.0));
            if (Rests)
            {
                continue;
            }

            var isKey = _wantsKeyFrame;
            var isDiscardable = EveryOtherIsDiscardable && !isKey && _number % 2 == 0;
            _wantsKeyFrame = false;
            var data = new byte[Length];
            data[0] = (byte)(isKey ? 0x10 : 0x11);
            (data[3], data[4], data[5], data[6], data[8]) = (0x9D, 0x01, 0x2A, 16, 16);
            BinaryPrimitives.WriteInt32BigEndian(data.AsSpan(10), ++_number);
            BinaryPrimitives.WriteInt32BigEndian(data.AsSpan(14), isKey ? 0 : _reference);
            if (!isDiscardable)
            {
                _reference = _number;
            }

            Track.Write(
                new MediaFrame
                {
                    Format = MediaFormat.Vp8,
                    Data = data,
                    Timestamp = _pair.Simulator.Now - start,
                    IsKeyFrame = isKey,
                    IsDiscardable = isDiscardable,
                });
        }
    }
}
