using Parley.Cli.Calls;

namespace Parley.Cli.Host;

/// <summary>One channel of a caller's: texts come back as they came, words that begin with a slash are commands.</summary>
internal sealed class HostChat(DataChannel channel, CallHold hold, Func<HostMedia?> media, Action hangUp)
{
    private const string Help =
        "/echo on or /echo off: your own sound comes back. /hold, /resume: hold with music. /bye: I hang up. Anything else I repeat.";

    /// <summary>Reads until the channel closes. Whoever does not read the answers is not read from either.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            await foreach (DataChannelMessage message in channel.ReadAllAsync(cancellation))
            {
                if (!message.IsBinary && await AnswerAsync(message.Text) is { } answer)
                {
                    await channel.SendAsync(answer, cancellation);
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or RtcException or ArgumentException)
        {
            // The channel closed while an answer was on its way, or the answer is larger than the caller takes.
        }
    }

    private async Task<string?> AnswerAsync(string text)
    {
        switch (text.Trim())
        {
            case "/help":
                return Help;
            case "/echo on" or "/echo off" when hold.IsHeld:
                return "You are on hold; /resume first.";
            case "/echo on":
                return media() is { } sending && await sending.EchoAsync(true) ? "You hear yourself now." : "No sound comes from you.";
            case "/echo off":
                await (media()?.EchoAsync(false) ?? Task.CompletedTask);
                return "You hear the tune now.";
            case "/hold":
                await hold.HoldAsync();
                return "You are on hold.";
            case "/resume":
                await hold.ResumeAsync();
                return "You are off hold.";
            case "/bye":
                hangUp();
                return null;
            case ['/', ..]:
                return $"I do not know that. {Help}";
            default:
                return text;
        }
    }
}
