using Parley.Media;

namespace Parley.Tests;

/// <summary>Counts frames by the number in their second byte; of a disabled track there are none to hear.</summary>
internal sealed class FrameCounter : IMediaSink
{
    private readonly Dictionary<int, int> _byNumber = [];

    public int Total => _byNumber.Values.Sum();

    public int Of(int number) => _byNumber.GetValueOrDefault(number);

    public void OnFrame(MediaStreamTrack track, in MediaFrame frame)
    {
        if (!track.Enabled)
        {
            return;
        }

        var number = frame.Data.Length > 1 ? frame.Data.Span[1] : -1;
        _byNumber[number] = _byNumber.GetValueOrDefault(number) + 1;
    }

    public override string ToString() => string.Join(", ", _byNumber.Select(pair => $"{pair.Value} of {pair.Key}"));
}
