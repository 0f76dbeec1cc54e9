using System.Runtime.CompilerServices;
using Parley.Net;
using Parley.Rtp;
using Parley.Transport;

namespace Parley;

// Frames, tones, and what they count.
internal sealed partial class TransportReader
{
    /// <summary>What came of each stream; a stream takes its tally with it.</summary>
    private readonly ConditionalWeakTable<RtpInboundStream, FrameTally> _heard = [];
    private IReadOnlyDictionary<int, RtpTransceiver> _media = new Dictionary<int, RtpTransceiver>();
    private RtpInboundStream? _lastHeard;
    private FrameTally? _lastTally;

    /// <summary>Adds the transport's figures to a report.</summary>
    public void CollectFigures(StatsCollection collection) => new TransportFigures(Core, transport, collection).Collect(_media, _heard);

    private void OnMedia(in TransportEvent happened, Instant now)
    {
        if (!_media.TryGetValue(happened.Section, out var transceiver))
        {
            return;
        }

        var flow = transceiver.Receiver.Flow;
        switch (happened.Kind)
        {
            case TransportEventKind.FrameReceived:
                CountFrame(flow, happened.Stream!, happened.Frame!, now);
                flow.Deliver(happened.Stream!, happened.Frame!, now);
                break;
            case TransportEventKind.StreamEnded:
                flow.OnGoodbye(happened.Stream!);
                break;
            case TransportEventKind.ToneStarted:
                flow.OnTone(happened.ToneCode, null);
                break;
            case TransportEventKind.ToneEnded:
                flow.OnTone(happened.ToneCode, happened.ToneDuration);
                break;
            case TransportEventKind.KeyFrameRequested:
                transceiver.Sender.Flow.OnKeyFrameRequested(happened.Outbound!.Ssrc);
                break;
        }
    }

    private void CountFrame(ReceiverFlow flow, RtpInboundStream stream, ReceivedFrame frame, Instant now)
    {
        if (stream != _lastHeard)
        {
            (_lastHeard, _lastTally) = (stream, _heard.GetOrCreateValue(stream));
        }

        var tally = _lastTally!;
        if (frame.CapturedAt is { } capturedAt)
        {
            tally.SetPlayout(capturedAt.ToDateTimeOffset(), now);
        }

        if (frame.Codec.Channels == 0)
        {
            tally.AddPicture(now, frame.Width, frame.Height);
            tally.AddAssembly(frame, now);
        }
        else
        {
            tally.AddDelay(now - frame.FirstArrivedAt, tally.AddSound(flow.FormatOf(frame.Codec), frame.Data.Span, frame.AudioLevel));
        }
    }
}
