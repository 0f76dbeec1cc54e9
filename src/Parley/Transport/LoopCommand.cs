namespace Parley;

/// <summary>
/// Something the loop shall do in its next turn. A small value, so that messages and frames queue without garbage and are moved cheaply.
/// </summary>
/// <param name="Subject">The <see cref="OutgoingFrame"/> to be sent, the <see cref="DataChannel"/> to send a message on, or the
/// <see cref="TransportStack"/> to act on; null: close.</param>
/// <param name="Object">The message's rented array, or the action on the stack.</param>
/// <param name="Done">What to call when the action has run, or never will.</param>
/// <param name="Length">The message's bytes.</param>
/// <param name="IsBinary">Whether the message is bytes, not text.</param>
internal readonly record struct LoopCommand(
    object? Subject, object? Object = null, Action? Done = null, int Length = 0, bool IsBinary = false);
