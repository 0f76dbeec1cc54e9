using System.Text;
using Parley.Simulation;

namespace Parley.Fuzz.Targets;

/// <summary>A connection that is given an offer or an answer of the input's making, and a candidate: applied, or refused by name.</summary>
internal sealed class DescriptionTarget : FuzzTarget
{
    public override string Name => "description";

    public override int LongestInput => 16_384;

    public override IEnumerable<byte[]> Seeds() =>
        SampleDescriptions.All.SelectMany(text =>
            (byte[][])
            [
                [0, .. Encoding.UTF8.GetBytes(text)],
                [1, .. Encoding.UTF8.GetBytes(text.Replace("actpass", "active", StringComparison.Ordinal))],
            ]);

    public override void Run(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
        {
            return;
        }

        var isAnswer = (input[0] & 1) != 0;
        var text = Encoding.UTF8.GetString(input[1..]);
        using var world = new SimulatedCall();
        world.Run(async () =>
        {
            var connection = world.Bob;
            try
            {
                if (isAnswer)
                {
                    connection.CreateDataChannel("l");
                    await connection.SetLocalDescriptionAsync();
                }

                await connection.SetRemoteDescriptionAsync(new SessionDescription(isAnswer ? SdpType.Answer : SdpType.Offer, text));
                if (!isAnswer)
                {
                    await connection.SetLocalDescriptionAsync();
                }

                await connection.AddIceCandidateAsync(
                    new IceCandidateInit { Candidate = text[..Math.Min(text.Length, 200)], SdpMLineIndex = 0 });
            }
            catch (RtcException)
            {
                // Refused by name.
            }
        });
    }
}
